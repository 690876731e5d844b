// Floor 1: what the product says about itself while it runs: log lines, metrics, trace headers.

export {
  createLogger,
  type Logger,
  type LogLevel,
  type RootLogger,
} from './create-logger.js'
export {
  type AttemptMetrics,
  createMetrics,
  type LedgerGauges,
  type Metrics,
  type Operation,
  type RequestMetrics,
} from './create-metrics.js'
export type { LogStream } from './log-sink.js'
export type { DeploymentGauges } from './observe-deployments.js'
export type { EngineGauges, EngineObservation, GpuMemory } from './observe-engines.js'
export { openTracer, type TracerOptions } from './open-tracer.js'
export type { TraceConfig } from './trace-settings.js'
export type { Span, SpanAttributes, SpanStart, TraceContext, TracedRequest, Tracer } from './tracer.js'
