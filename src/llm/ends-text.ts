// Where a text of an answer ends before the answer does: dialects whose answers are made of blocks or items say so.
// Knows the names under which they do.

import type { ChatEvent } from './contract.js'

type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>

/** Whether nothing more of the event's text follows: it closes its block, is its signature, or repeats it as done. */
export const endsText = (event: TextEvent): boolean => {
  if (event.text !== '' || !event.extra) return false
  if ('signature' in event && event.signature !== undefined) return true
  for (const native of Object.values(event.extra)) {
    const type = typeOf(native)
    if (type === 'content_block_stop' || (type.startsWith('response.') && type.endsWith('.done'))) return true
  }
  return false
}

const typeOf = (native: unknown): string => {
  const { event } = (native ?? {}) as { readonly event?: { readonly type?: unknown } }
  return typeof event?.type === 'string' ? event.type : ''
}
