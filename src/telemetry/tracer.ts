// The port through which the data plane tells what it does as spans. Knows no OpenTelemetry: `otel-tracer.ts` implements
// it, and is loaded only where traces are wanted. Without a tracer nothing of this is composed.

import type { Log } from '../core/index.js'

export type SpanAttribute = string | number | boolean | readonly string[]
/** What is undefined is left out. */
export type SpanAttributes = Readonly<Record<string, SpanAttribute | undefined>>

/** Where a trace comes from or goes on, as W3C Trace Context says it. */
export interface TraceContext {
  /** The header `traceparent`. */
  readonly trace: string
  /** The header `tracestate`, where there is one. */
  readonly traceState?: string
}

export interface SpanStart {
  /** Default `internal`. */
  readonly kind?: 'client' | 'internal'
  readonly attributes?: SpanAttributes
  /** For what is told afterwards: how long ago it began, in ms. */
  readonly agoMs?: number
}

/** One piece of work of one request, while it is under way. Only for requests that are sampled. */
export interface Span {
  /** What is sent on, so that whoever gets it becomes a child of this span. */
  readonly context: TraceContext
  rename(name: string): void
  set(attributes: SpanAttributes): void
  /** Texts of prompts and answers: secrets by their shape are taken out. */
  setContent(name: string, value: unknown): void
  begin(name: string, start?: SpanStart): Span
  /** The first call counts. @param errorType a code, never a message: those quote what they were sent */
  end(errorType?: string): void
}

/** A request as it is traced: sent on in any case, told of only where it is sampled. */
export interface TracedRequest {
  readonly context: TraceContext
  readonly span: Span | undefined
}

export interface Tracer {
  /** Whether texts of prompts and answers are wanted. */
  readonly capturesContent: boolean
  /** @param from the client's own trace context; what cannot be read of it is ignored */
  request(name: string, attributes: SpanAttributes, from: Partial<TraceContext>): TracedRequest
  /** Resolves when what has ended so far was exported, or could not be. Never rejects. */
  flush(): Promise<void>
  /** Exports what is left, within a few seconds. Never rejects. */
  close(): Promise<void>
}

/** What a tracer tells of itself. */
export interface TracerDeps {
  /** Told of spans that have reached the collector, and of those that never will. */
  readonly onSpans: (result: 'exported' | 'failed' | 'dropped', count: number) => void
  readonly log: Log
}
