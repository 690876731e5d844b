// From an ended span to the collector: a bounded queue, batches, OTLP over HTTP. A collector that is away or slow costs
// spans, which are counted, and nothing else.

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TraceSettings } from './trace-settings.js'
import type { TracerDeps } from './tracer.js'

export interface SpanPipeline {
  readonly processor: SpanProcessor
  flush(): Promise<void>
  close(): Promise<void>
}

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0]

/** `ExportResultCode.SUCCESS` of the SDK. */
const exportSuccess = 0
/** Waited for at most, when a system is drained or closed. */
const patienceMs = 2_000

export const createSpanPipeline = (settings: TraceSettings, { onSpans, log }: TracerDeps): SpanPipeline => {
  const { url, headers, timeoutMs, queueSpans, batchSpans, batchDelayMs } = settings
  const otlp = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    // A flush sends everything that waits at once.
    concurrencyLimit: Math.ceil(queueSpans / batchSpans) + 1,
  })
  let waiting = 0
  let isAway = false
  const exported = (count: number, { code, error }: ExportResult) => {
    const hasFailed = code !== exportSuccess
    onSpans(hasFailed ? 'failed' : 'exported', count)
    if (hasFailed && !isAway)
      // Not its message: that may quote what the collector said to what it was sent.
      log.warn({ reason: error?.name ?? 'unknown', code: codeOf(error) }, 'spans could not be exported')
    isAway = hasFailed
  }
  const exporter: SpanExporter = {
    export: (spans, done) => {
      waiting -= spans.length
      otlp.export(spans, (result) => {
        exported(spans.length, result)
        done(result)
      })
    },
    shutdown: () => otlp.shutdown(),
  }
  const batch = new BatchSpanProcessor({
    exporter,
    maxQueueSize: queueSpans,
    maxExportBatchSize: batchSpans,
    scheduledDelayMillis: batchDelayMs,
    exportTimeoutMillis: timeoutMs + 1_000,
  })
  /** What the batch has handed to the exporter is not all in its own promise, and that ends at the first failure. */
  const sent = (work: Promise<void>) => within(work.catch(() => {}).then(() => otlp.forceFlush()))
  return {
    processor: {
      onStart: () => {},
      onEnd: (span) => {
        // Counted here, since the batch drops in silence.
        if (waiting >= queueSpans) return onSpans('dropped', 1)
        waiting++
        batch.onEnd(span)
      },
      forceFlush: () => batch.forceFlush(),
      shutdown: () => batch.shutdown(),
    },
    flush: () => sent(batch.forceFlush()),
    close: () => sent(batch.shutdown()),
  }
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code

/** Resolves when the work is over, however it ended, or when nobody has time for it any more. */
const within = (work: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs)
    work
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer)
        resolve()
      })
  })
