// What counts as content, and how a text is replaced. Knows the names under which dialects repeat a text.

import type { ChatEvent, Extra } from './contract.js'

/** Promise 1: whether the event commits a stream: text, refusal, reasoning, tool call or item, but not structure. */
export const isContent = (event: ChatEvent): boolean => {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return event.text !== ''
    case 'tool-call':
    case 'citation':
    case 'item':
      return true
    default:
      return false
  }
}

type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>

/** Native fields that repeat a text or are bound to its exact tokens or characters. */
const copies: ReadonlySet<string> = new Set([
  'logprobs',
  'token_ids',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'obfuscation',
  'annotations',
  'signature',
  'thoughtSignature',
  'logprobsResult',
  'avgLogprobs',
  'citationMetadata',
  'groundingSupports',
])

/**
 * Promise 5: the event with another text. Log probabilities, signatures and other copies of the old text go,
 * other native fields stay.
 */
export const replaceText = <E extends TextEvent>(event: E, text: string): E => {
  const { logprobs: _logprobs, signature: _signature, ...rest } = event as E & Record<string, unknown>
  const extra = event.extra && (withoutCopies(event.extra) as Extra)
  return { ...rest, ...(extra && { extra }), text } as unknown as E
}

/** The very same value where it holds no copies, as nearly always. */
const withoutCopies = (value: unknown): unknown => {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return value
  const fields = value as Readonly<Record<string, unknown>>
  let kept: Record<string, unknown> | undefined
  for (const name in fields) {
    const before = fields[name]
    // A null, which many servers write into every chunk, repeats nothing.
    const isCopy = before !== null && copies.has(name)
    const after = isCopy || name === 'envelope' ? before : withoutCopies(before)
    if (!isCopy && after === before) continue
    kept ??= { ...fields }
    if (isCopy) delete kept[name]
    else kept[name] = after
  }
  return kept ?? value
}
