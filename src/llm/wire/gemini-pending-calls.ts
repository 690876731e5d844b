// Tool calls that other dialects send in pieces, put together until their arguments are whole.

import type { ChatEvent } from '../contract.js'
import { createCallNumbers } from './call-numbers.js'
import { parseArguments } from './gemini-write-candidate.js'

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

export const createCallCollector = () => {
  const pending = new Map<string, ToolCallEvent>()
  const broken = new Map<number, string>()

  const numbered = createCallNumbers()

  const add = (came: ToolCallEvent) => {
    const event = numbered(came)
    const key = `${event.choice} ${event.index}`
    const before = pending.get(key)
    pending.set(key, before ? join(before, event) : event)
  }
  /** @param which those whose arguments are whole, or all; of the others the name is kept */
  const take = (choice: number, which: 'whole' | 'all'): readonly ToolCallEvent[] => {
    const taken: ToolCallEvent[] = []
    for (const [key, call] of pending) {
      if (call.choice !== choice) continue
      const isWhole =
        (which === 'all' || call.arguments !== '') && parseArguments(call.arguments) !== undefined
      if (!isWhole && which === 'whole') continue
      pending.delete(key)
      if (isWhole) taken.push(call)
      else broken.set(choice, call.name ?? '')
    }
    return taken
  }
  const choices = () => new Set([...pending.values()].map(({ choice }) => choice))
  return {
    add,
    take,
    takeAll: () => [...choices()].flatMap((choice) => take(choice, 'all')),
    /** The name of a call of the choice whose arguments are no JSON object. */
    brokenOff: (choice: number) => broken.get(choice),
  }
}

const join = (before: ToolCallEvent, { arguments: piece, logprobs }: ToolCallEvent): ToolCallEvent => ({
  ...before,
  arguments: before.arguments + piece,
  ...(logprobs && { logprobs: [...(before.logprobs ?? []), ...logprobs] }),
})
