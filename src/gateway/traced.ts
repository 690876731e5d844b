// A request as a trace sees it: one span from its first byte to the end of its answer, named by the endpoint until its
// model is known. Holds names, numbers and codes; texts only where they are asked for (`stages/with-content-span.ts`).

import type { IncomingMessage } from 'node:http'
import type { Attempt } from '../core/index.js'
import type { AnsweredBy, Outcome } from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import type { Operation, Span, SpanAttributes, TracedRequest, Tracer } from '../telemetry/index.js'
import type { Exchange } from './exchange.js'

const untraced: ReadonlySet<string> = new Set(['/health', '/metrics'])

/** Whoever asks every few seconds whether we are well is no trace. */
export const traceRequest = (
  tracer: Tracer,
  { method = 'GET', headers }: IncomingMessage,
  { path, requestId }: { readonly path: string; readonly requestId: string },
): TracedRequest | undefined => {
  if (untraced.has(path)) return undefined
  const { traceparent, tracestate } = headers
  return tracer.request(
    method,
    {
      'http.request.method': method,
      'url.path': path.slice(0, 200),
      'llm_architect.request_id': requestId,
    },
    {
      ...(typeof traceparent === 'string' && { trace: traceparent }),
      ...(typeof tracestate === 'string' && { traceState: tracestate }),
    },
  )
}

/** What it failed of; what is the client's fault is no error of the server's span. */
export const requestFailed = (span: Span, code: string, status: number): void => {
  span.set({ 'error.type': code, 'http.response.status_code': status })
  if (status >= 500) span.end(code)
}

/** Its handler is done. A client that has left is told of, and is no error of ours. */
export const endRequest = (span: Span, { response, signal }: Pick<Exchange, 'response' | 'signal'>): void => {
  if (response.headersSent) span.set({ 'http.response.status_code': response.statusCode })
  if (signal.aborted && !response.writableFinished) span.set({ 'error.type': codeOf(signal.reason) })
  span.end()
}

const codeOf = (reason: unknown): string => {
  const code = (reason as { readonly code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : 'aborted'
}

/** Names the request by what it asks of which route. */
export const describeRequest = (
  span: Span,
  { operation, model, prompt, tenant, ...more }: RequestDescription,
): void => {
  span.rename(`${operation} ${model}`)
  span.set({
    'gen_ai.operation.name': operation,
    'gen_ai.request.model': model,
    'gen_ai.request.stream': more.isStream,
    'llm_architect.tenant': tenant,
    ...promptAttributes(prompt),
  })
}

export interface RequestDescription {
  readonly operation: Operation
  /** The route's name. */
  readonly model: string
  /** `id@version`, or `none`. */
  readonly prompt?: string
  readonly tenant: string
  readonly isStream?: boolean
}

/** @param variant `id@version`; an id holds no `@` */
export const promptAttributes = (variant = 'none'): SpanAttributes => {
  const at = variant.indexOf('@')
  if (at < 0) return {}
  return { 'gen_ai.prompt.name': variant.slice(0, at), 'gen_ai.prompt.version': variant.slice(at + 1) }
}

/** Usage is told by the attempts alone: added up over a trace, each token counts once. */
export const describeAnswer = (
  span: Span,
  { end, finish, error }: Pick<Outcome, 'end' | 'finish' | 'error'>,
  { answeredBy, status }: { readonly answeredBy: AnsweredBy; readonly status: number },
): void => {
  span.set({
    'llm_architect.answered_by': 'stage' in answeredBy ? answeredBy.stage : answeredBy.deployment,
    'llm_architect.end': end,
    'gen_ai.response.finish_reasons': reasonsOf(finish),
    'http.response.status_code': status,
    'error.type': error?.code,
  })
  // A stream that broke off after its head was sent.
  if (end === 'failed') span.end(error?.code ?? 'failed')
}

/** `gen_ai.response.finish_reasons`: one per choice. */
export const reasonsOf = (finish: Outcome['finish']): readonly string[] | undefined =>
  finish.size > 0 ? [...finish.values()] : undefined

/** Whose API it is, in the words of the conventions where they have one. */
const providers: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  gemini: 'gcp.gemini',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  vertex: 'gcp.vertex_ai',
  xai: 'x_ai',
}

/** `gen_ai.provider.name` of a deployment, in metrics and spans. */
export const providerOf = ({ provider, engine }: Pick<Deployment, 'provider' | 'engine'>): string => {
  const name = provider ?? engine
  return providers[name] ?? name
}

/** What the span of every attempt at a deployment says. */
export const attemptAttributes = (deployment: Deployment): SpanAttributes => {
  const { id, model, address } = deployment
  const url = address === undefined ? undefined : new URL(address)
  const standardPort = url?.protocol === 'https:' ? 443 : 80
  return {
    'gen_ai.provider.name': providerOf(deployment),
    'gen_ai.request.model': model,
    'llm_architect.deployment': id,
    'server.address': url?.hostname,
    'server.port': url && (url.port === '' ? standardPort : Number(url.port)),
  }
}

export const endAttempt = (
  span: Span,
  { usage, usageSource, end, error }: Omit<Attempt, 'deployment'>,
  more: SpanAttributes = {},
): void => {
  const { input, output } = usage
  const status = error?.params.status
  span.set({
    ...more,
    ...(usageSource !== 'none' && {
      'gen_ai.usage.input_tokens': input.total,
      'gen_ai.usage.output_tokens': output.total,
      'gen_ai.usage.cache_read.input_tokens': input.cacheRead,
      'gen_ai.usage.cache_creation.input_tokens': input.cacheWrite,
      'gen_ai.usage.reasoning.output_tokens': output.reasoning,
      'llm_architect.usage_source': usageSource,
    }),
    'http.response.status_code': typeof status === 'number' ? status : undefined,
    'llm_architect.end': end,
    'error.type': error?.code,
  })
  // A client that has left is no failure of the engine.
  span.end(end === 'failed' ? (error?.code ?? end) : undefined)
}
