// Writes a whole answer of OpenAI's chat completions API. One that came as a whole answer is written as it came;
// any other gets the fields the API promises, such as `refusal: null`.

import type { ChatEvent } from '../contract.js'
import { type Fields, isEmpty, listOf, objectOf } from './fields.js'
import { chatNative } from './openai-chat-native.js'
import { writeUsage } from './openai-chat-usage.js'
import { addToChoice, type ChoiceDraft, emptyChoice } from './openai-chat-write-choice.js'
import type { EncoderOptions } from './wire-codec.js'

export const encodeAnswer = (
  events: readonly ChatEvent[],
  options: EncoderOptions,
): Record<string, unknown> => {
  const choices = new Map<number, ChoiceDraft>()
  let envelope: Fields = {}
  let usage: Fields | undefined
  for (const event of events) {
    const native = chatNative(event)
    if (native && isEmpty(envelope)) envelope = native.envelope
    if (event.type === 'usage') usage = native?.usage ?? writeUsage(event.usage)
    if (event.type === 'usage' || event.type === 'error' || native?.choice?.isChunkWithoutChoices) continue
    const choice = choices.get(event.choice) ?? emptyChoice(event.choice)
    choices.set(event.choice, choice)
    addToChoice(choice, event)
  }
  const drafts = [...choices.values()].sort((a, b) => a.index - b.index)
  if (envelope.object === 'chat.completion')
    return { ...envelope, choices: drafts.map((draft) => writeChoice(draft)), ...(usage && { usage }) }
  return {
    id: options.id,
    created: options.createdSeconds,
    model: options.model,
    ...envelope,
    object: 'chat.completion',
    choices: drafts.map((draft) => writeChoice(draft, promised)),
    ...(usage && { usage }),
  }
}

const promised = {
  choice: { finish_reason: null, logprobs: null },
  message: { role: 'assistant', content: null, refusal: null },
}

const writeChoice = ({ index, outer, body }: ChoiceDraft, defaults: Partial<typeof promised> = {}) => ({
  index,
  ...defaults.choice,
  ...outer,
  message: { ...defaults.message, ...withoutCallIndexes(body) },
})

/** Only a stream numbers its tool calls. */
const withoutCallIndexes = (body: Fields) => {
  const calls = listOf(body.tool_calls)
  if (calls.length === 0) return body
  return {
    ...body,
    tool_calls: calls.map((call) => {
      const { index: _index, ...rest } = objectOf(call) ?? {}
      return rest
    }),
  }
}
