// A tracer whose spans go to a collector on a real socket, for tests of what is traced.

import { silentLog } from '../../core/index.js'
import { openTracer, type Tracer } from '../../telemetry/index.js'
import { type CollectedSpan, type Collector, startCollector } from '../../telemetry/testing.js'

const opened: (() => Promise<unknown>)[] = []
/** Is closed by `closeTraced`, after what was opened later. */
export const alsoClose = ({ close }: { close(): Promise<unknown> }) => void opened.push(close)
export const closeTraced = async () => {
  for (const close of opened.splice(0).reverse()) await close()
}

export interface Traced {
  readonly collector: Collector
  readonly tracer: Tracer
  /** Spans by what became of them. */
  readonly counted: Record<string, number>
}

interface TracedOptions {
  readonly sampleRatio?: number
  readonly captureContent?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** What the collector answers. */
  readonly status?: number | 'never'
}

export const traced = async ({
  environment = {},
  status,
  ...config
}: TracedOptions = {}): Promise<Traced> => {
  const collector = await startCollector(status)
  alsoClose(collector)
  const counted: Record<string, number> = {}
  const tracer = await openTracer({
    config: { endpoint: collector.endpoint, headers: {}, sampleRatio: 1, captureContent: false, ...config },
    environment,
    onSpans: (result, count) => {
      counted[result] = (counted[result] ?? 0) + count
    },
    log: silentLog,
  })
  if (!tracer) throw new Error('no tracer')
  alsoClose(tracer)
  return { collector, tracer, counted }
}

/** The spans, once those of so many requests are among them. */
export const spansOf = async (
  { tracer, collector }: Traced,
  requests = 1,
): Promise<readonly CollectedSpan[]> => {
  const enough = () => collector.spans.filter(({ kind }) => kind === 'server').length >= requests
  for (let i = 0; !enough(); i++) {
    if (i === 2_000) throw new Error(`only ${collector.spans.map(({ name }) => name).join(', ')}`)
    await tracer.flush()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return collector.spans
}

export const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
  const found = spans.find((span) => span.name === name)
  if (!found) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`)
  return found
}
