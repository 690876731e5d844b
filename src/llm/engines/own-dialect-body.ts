// Promise 6 for dialects in which every server speaks alike: the bytes of a client pass with another model's name in
// them; a request of another dialect, or one that was edited, is written anew.

import type { ChatRequest } from '../contract.js'
import { originOf } from '../identity.js'
import { objectSpans, spliceBytes } from '../wire/json-spans.js'
import type { WireCodec } from '../wire/wire-codec.js'

/**
 * @param codec of the server's dialect
 * @param model the name the server knows its model by
 * @throws `llm.request-not-expressible`
 */
export const ownDialectBody = (request: ChatRequest, codec: WireCodec, model: string): Buffer =>
  spliced(request, codec, model) ??
  Buffer.from(JSON.stringify({ ...codec.encodeRequest(request), model }), 'utf8')

const spliced = (request: ChatRequest, { dialect }: WireCodec, model: string): Buffer | undefined => {
  const origin = originOf(request)
  if (origin?.dialect !== dialect || origin.framing !== 'json') return undefined
  const bytes = Buffer.from(origin.bytes.buffer, origin.bytes.byteOffset, origin.bytes.byteLength)
  const fields = objectSpans(bytes)?.fields ?? []
  const isUnique = new Set(fields.map(({ name }) => name)).size === fields.length
  const named = fields.find(({ name }) => name === 'model')
  // Of a name that occurs twice, two readers may take different values.
  return named && isUnique ? spliceBytes(bytes, [{ ...named, text: JSON.stringify(model) }]) : undefined
}
