// Promise 6: the bytes of a request to a chat completions server. Bytes that came in the same dialect pass as they
// are but for two splices; anything else, and whatever a quirk of the server forbids, is written anew.

import type { ChatRequest, Dialect } from '../contract.js'
import { originOf } from '../identity.js'
import { objectOf } from '../wire/fields.js'
import { type FieldSpan, objectSpans, type Splice, spliceBytes } from '../wire/json-spans.js'
import { encodeRequest } from '../wire/openai-chat-encode-request.js'
import { openaiCompletionsCodec } from '../wire/openai-completions.js'
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

/** The dialects of the server, each at an endpoint of its own. */
const isOwn = (dialect: Dialect | undefined) => dialect === 'openai-chat' || dialect === 'openai-completions'

/** A client of another dialect gets usage in any case; one of this dialect when it asked. */
const wantsUsage = (request: ChatRequest) =>
  !isOwn(request.dialect) || objectOf(request.extra.stream_options)?.include_usage === true

const spliced = (
  request: ChatRequest,
  deployment: EngineDeployment,
  asksUsage: boolean,
): Buffer | undefined => {
  const origin = originOf(request)
  if (!isOwn(origin?.dialect) || origin?.framing !== 'json') return undefined
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
  const isRaw = request.dialect === 'openai-completions'
  return names.size < fields.length || (!isRaw && changesRequest(request, quirks, names))
}

const withUsage = (bytes: Buffer, { start, end }: FieldSpan): string => {
  const text = bytes.toString('utf8', start, end)
  const options = objectOf(JSON.parse(text))
  return options?.include_usage === true ? text : JSON.stringify({ ...options, include_usage: true })
}

/** Raw texts know none of the fields that quirks are about. */
const written = (request: ChatRequest, deployment: EngineDeployment) =>
  request.dialect === 'openai-completions'
    ? openaiCompletionsCodec.encodeRequest(request)
    : applyQuirks(encodeRequest(request), deployment)

const encoded = (request: ChatRequest, deployment: EngineDeployment, asksUsage: boolean): Buffer => {
  const fields = written(request, deployment)
  const body = {
    ...fields,
    model: deployment.model,
    ...(asksUsage && { stream_options: { ...objectOf(fields.stream_options), include_usage: true } }),
  }
  return Buffer.from(JSON.stringify(body), 'utf8')
}
