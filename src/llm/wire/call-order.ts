// Puts the pieces of tool calls in order for APIs that say one thing after the other: a chat completions server may
// go on with several calls in turn. What comes while the arguments of a call are no JSON object yet is held back until
// they are, or until the answer ends. Calls that follow each other, as nearly all do, pass without waiting.

import type { ChatEvent } from '../contract.js'
import { createCallNumbers } from './call-numbers.js'
import { fieldsIn } from './fields.js'

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

export interface CallOrder {
  /** The events that are said now. */
  put(event: ChatEvent): readonly ChatEvent[]
  /** The answer has ended: what was held back, each call whole. */
  flush(): readonly ChatEvent[]
}

export const createCallOrder = (): CallOrder => {
  let open: { readonly index: number; args: string } | undefined
  const closed = new Set<number>()
  const numbered = createCallNumbers()
  let held: ChatEvent[] = []

  const close = () => {
    if (open) closed.add(open.index)
    open = undefined
  }
  const goOn = (event: ToolCallEvent) => {
    open ??= { index: event.index, args: '' }
    open.args += event.arguments
  }
  const isWhole = () => open?.args.trimEnd().endsWith('}') === true && fieldsIn(open.args) !== undefined

  const release = (): readonly ChatEvent[] => {
    const waiting = held
    held = []
    return waiting.flatMap(putInOrder)
  }
  const putCall = (event: ToolCallEvent): readonly ChatEvent[] => {
    if (open?.index === event.index || (!open && held.length === 0)) {
      goOn(event)
      return held.length > 0 && isWhole() ? [event, ...release()] : [event]
    }
    // What comes behind whole arguments is no part of them.
    if (closed.has(event.index)) return []
    if (held.length === 0 && isWhole()) {
      close()
      goOn(event)
      return [event]
    }
    held.push(event)
    return []
  }
  const put = (event: ChatEvent): readonly ChatEvent[] =>
    putInOrder(event.type === 'tool-call' ? numbered(event) : event)
  const putInOrder = (event: ChatEvent): readonly ChatEvent[] => {
    if (event.type === 'tool-call') return putCall(event)
    if (event.type === 'finish') return [...flush(), event]
    if (!open || !isSaid(event)) return [event]
    if (held.length === 0 && isWhole()) {
      close()
      return [event]
    }
    held.push(event)
    return []
  }
  const flush = (): readonly ChatEvent[] => {
    close()
    const said: ChatEvent[] = []
    while (held[0]) {
      const [first] = held
      const isOfFirst = (event: ChatEvent) =>
        event === first ||
        (event.type === 'tool-call' && first.type === 'tool-call' && event.index === first.index)
      said.push(...held.filter(isOfFirst))
      held = held.filter((event) => !isOfFirst(event))
    }
    return said
  }
  return { put, flush }
}

/** Whether it has a place among what is said, and takes one. */
const isSaid = (event: ChatEvent): boolean =>
  event.type === 'citation' ||
  ((event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning') && event.text !== '')
