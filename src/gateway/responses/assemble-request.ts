// The request that a model answers: the client's, with what was said before in its place, and without the fields that
// are this gateway's business and no model's.

import { type ChatRequest, codecs, type Wire } from '../../llm/index.js'
import { type Fields, isText } from '../check-fields.js'
import { unpackCompaction } from './compaction.js'
import { toInput } from './items.js'

const codec = codecs['openai-responses']

/** Served here; a server behind us keeps nothing. */
const served = ['previous_response_id', 'conversation', 'background', 'stream_options', 'metadata', 'store']

/**
 * @param history oldest first; comes after the instructions and before the new input
 * @throws llm.request-unreadable naming the field of the client's request
 */
export const assembleRequest = (fields: Fields, history: readonly Fields[]): ChatRequest => {
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !served.includes(name)))
  const request = codec.decodeRequest({ ...own, input: unpacked(fields.input), store: false })
  if (history.length === 0) return request
  const input = history.map(toInput)
  const before = codec.decodeRequest({ model: request.model, input }).messages
  const at = isText(fields.instructions) ? 1 : 0
  const messages = [...request.messages.slice(0, at), ...before, ...request.messages.slice(at)]
  return { ...request, messages }
}

/** Compacted conversations in words; everything else as it came, so that errors name the place. */
const unpacked = (input: unknown): unknown =>
  Array.isArray(input) ? input.map((item, i) => unpackCompaction(item, `input[${i}]`)) : input

/** A request that leaves nothing here and builds on nothing: it may go as it came. */
export const passRequest = (fields: Fields, bytes: Buffer): ChatRequest => {
  const wire: Wire = { dialect: 'openai-responses', framing: 'json', bytes }
  return codec.decodeRequest(fields, wire)
}
