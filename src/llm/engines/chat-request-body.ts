// Promise 6: the bytes of a request to a chat completions server. Bytes that came in the same dialect pass as they
// are but for two splices; anything else, and whatever a quirk of the server forbids, is written anew.

import type { ChatRequest } from '../contract.js'
import { originOf } from '../identity.js'
import { objectOf } from '../wire/fields.js'
import { type FieldSpan, objectSpans, type Splice, spliceBytes } from '../wire/json-spans.js'
import { encodeRequest } from '../wire/openai-chat-encode-request.js'
import { applyQuirks, changesRequest } from './chat-quirks.js'
import type { EngineDeployment } from './engine-deployment.js'

export interface ChatRequestBody {
  readonly bytes: Buffer
  /** We asked for usage and the client did not: the chunk that only carries it is taken out again. */
  readonly dropsUsage: boolean
}

export const chatRequestBody = (request: ChatRequest, deployment: EngineDeployment): ChatRequestBody => {
  const asksUsage = request.stream && !deployment.quirks.noStreamUsage
  return {
    bytes: spliced(request, deployment, asksUsage) ?? encoded(request, deployment, asksUsage),
    dropsUsage: asksUsage && !wantsUsage(request),
  }
}

/** A client of another dialect gets usage in any case; one of this dialect when it asked. */
const wantsUsage = (request: ChatRequest) =>
  request.dialect !== 'openai-chat' || objectOf(request.extra.stream_options)?.include_usage === true

const spliced = (
  request: ChatRequest,
  deployment: EngineDeployment,
  asksUsage: boolean,
): Buffer | undefined => {
  const origin = originOf(request)
  if (origin?.dialect !== 'openai-chat' || origin.framing !== 'json') return undefined
  const bytes = Buffer.from(origin.bytes.buffer, origin.bytes.byteOffset, origin.bytes.byteLength)
  const spans = objectSpans(bytes)
  if (!spans || isForbidden(request, deployment, spans.fields)) return undefined
  const model = spans.fields.find((field) => field.name === 'model')
  if (!model) return undefined
  const splices: Splice[] = [{ ...model, text: JSON.stringify(deployment.model) }]
  const options = spans.fields.find((field) => field.name === 'stream_options')
  if (asksUsage && options) splices.push({ ...options, text: withUsage(bytes, options) })
  else if (asksUsage)
    splices.push({ start: spans.end, end: spans.end, text: ',"stream_options":{"include_usage":true}' })
  return spliceBytes(
    bytes,
    splices.sort((a, b) => a.start - b.start),
  )
}

/** A quirk wants other fields, or a name occurs twice, so that two readers may understand the bytes differently. */
const isForbidden = (request: ChatRequest, { quirks }: EngineDeployment, fields: readonly FieldSpan[]) => {
  const names = new Set(fields.map(({ name }) => name))
  return names.size < fields.length || changesRequest(request, quirks, names)
}

const withUsage = (bytes: Buffer, { start, end }: FieldSpan): string => {
  const text = bytes.toString('utf8', start, end)
  const options = objectOf(JSON.parse(text))
  return options?.include_usage === true ? text : JSON.stringify({ ...options, include_usage: true })
}

const encoded = (request: ChatRequest, deployment: EngineDeployment, asksUsage: boolean): Buffer => {
  const fields = applyQuirks(encodeRequest(request), deployment)
  const body = {
    ...fields,
    model: deployment.model,
    ...(asksUsage && { stream_options: { ...objectOf(fields.stream_options), include_usage: true } }),
  }
  return Buffer.from(JSON.stringify(body), 'utf8')
}
