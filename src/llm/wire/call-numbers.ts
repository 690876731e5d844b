// Tells the tool calls of a chat completions stream apart by their ids where its indexes do not: some servers give
// every call the index 0, or none at all (Gemini's OpenAI endpoint, proxies). A call begins with an id and a name.

import type { ChatEvent } from '../contract.js'

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

/** @returns the events of one stream, each call under an index of its own */
export const createCallNumbers = () => {
  const numberOfId = new Map<string, number>()
  /** The call that an index means at the moment. */
  const current = new Map<string, { readonly number: number; id: string | undefined }>()
  const next = new Map<number, number>()

  const begin = ({ choice, index, id }: ToolCallEvent): number => {
    const free = next.get(choice) ?? 0
    const number = current.has(`${choice} ${index}`) ? Math.max(free, index) : index
    next.set(choice, Math.max(free, number + 1))
    current.set(`${choice} ${index}`, { number, id })
    if (id !== undefined) numberOfId.set(`${choice} ${id}`, number)
    return number
  }
  const numberOf = (event: ToolCallEvent): number => {
    const { choice, index, id, name } = event
    const known = id === undefined ? undefined : numberOfId.get(`${choice} ${id}`)
    if (known !== undefined) return known
    const before = current.get(`${choice} ${index}`)
    // Another id without a name is the same call, of a server that makes up an id for each piece.
    if (!before || (before.id !== undefined && id !== undefined && name)) return begin(event)
    before.id ??= id
    return before.number
  }
  return (event: ToolCallEvent): ToolCallEvent => {
    const number = numberOf(event)
    return number === event.index ? event : { ...event, index: number }
  }
}
