// Calls of tools that take nothing. The Messages API says no arguments then; clients of OpenAI's APIs parse them, and
// an empty text is no JSON.

import type { ChatEvent } from '../contract.js'
import { chatNative } from './openai-chat-native.js'

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

export const createEmptyCalls = () => {
  /** Those that have begun and said nothing. */
  let open: ToolCallEvent[] = []
  const note = (event: ToolCallEvent) => {
    if (event.arguments !== '')
      open = open.filter(({ choice, index }) => choice !== event.choice || index !== event.index)
    else if (event.id !== undefined) open.push(event)
  }
  return {
    /** What has to be said before the event: `{}` for each call of a choice that ends without arguments. */
    emptyBefore: (event: ChatEvent): readonly ToolCallEvent[] => {
      if (event.type === 'tool-call' && !chatNative(event)) note(event)
      if (event.type !== 'finish' || open.length === 0) return []
      const ended = open.filter(({ choice }) => choice === event.choice)
      open = open.filter(({ choice }) => choice !== event.choice)
      // One that was cut before its arguments is no call that takes nothing.
      return event.reason === 'length' ? [] : ended.map(withoutArguments)
    },
  }
}

const withoutArguments = ({ choice, index }: ToolCallEvent): ToolCallEvent => ({
  type: 'tool-call',
  choice,
  index,
  arguments: '{}',
})
