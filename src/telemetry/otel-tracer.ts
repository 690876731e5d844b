// The port `Tracer` by OpenTelemetry's SDK. Parents are handed on by the data plane itself, so that no context manager
// follows every promise of the process; nothing global is registered.

import {
  type Attributes,
  createTraceState,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { redactLine } from './redact-line.js'
import { createSpanPipeline } from './span-pipeline.js'
import type { TraceSettings } from './trace-settings.js'
import type { Span, SpanAttributes, SpanStart, TraceContext, Tracer, TracerDeps } from './tracer.js'

export const createOtelTracer = (settings: TraceSettings, deps: TracerDeps): Tracer => {
  const { resource, serviceName, captureContent } = settings
  const pipeline = createSpanPipeline(settings, deps)
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ ...resource, 'service.name': serviceName })),
    sampler: samplerOf(settings),
    spanProcessors: [pipeline.processor],
    spanLimits: { attributeValueLengthLimit: 65_536 },
  })
  const tracer = provider.getTracer('llm-architect')
  return {
    capturesContent: captureContent,
    request: (name, attributes, from) => {
      const remote = remoteContext(from)
      const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: present(attributes) }, parent)
      const context = contextOf(span.spanContext())
      return { context, span: span.isRecording() ? wrap(tracer, span, context) : undefined }
    },
    flush: pipeline.flush,
    close: pipeline.close,
  }
}

const samplerOf = ({ sampler, ratio }: TraceSettings): Sampler => {
  const isParentBased = sampler.startsWith('parentbased_')
  const name = sampler.replace('parentbased_', '')
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio)
  return isParentBased ? new ParentBasedSampler({ root }) : root
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags; a later version may add to it. */
const traceParent =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const maxTraceState = 512

const remoteContext = ({ trace: header, traceState }: Partial<TraceContext>): SpanContext | undefined => {
  const [, version, traceId, spanId, flags = '', rest] = traceParent.exec(header ?? '') ?? []
  if (traceId === undefined || spanId === undefined || (version === '00' && rest !== undefined))
    return undefined
  const hasState = traceState !== undefined && traceState.length <= maxTraceState
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(hasState && { traceState: createTraceState(traceState) }),
  }
}

const contextOf = ({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext => {
  const flags = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'
  const state = traceState?.serialize()
  return { trace: `00-${traceId}-${spanId}-${flags}`, ...(state && { traceState: state }) }
}

const wrap = (tracer: OtelTracer, span: OtelSpan, context: TraceContext): Span => {
  const beginChild = (name: string, { kind, attributes, agoMs }: SpanStart = {}): Span => {
    const child = tracer.startSpan(
      name,
      {
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        ...(attributes && { attributes: present(attributes) }),
        ...(agoMs !== undefined && { startTime: Date.now() - agoMs }),
      },
      trace.setSpan(ROOT_CONTEXT, span),
    )
    return wrap(tracer, child, contextOf(child.spanContext()))
  }
  return {
    context,
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(present(attributes)),
    setContent: (name, value) => void span.setAttribute(name, redactLine(JSON.stringify(value))),
    begin: beginChild,
    end: (errorType) => {
      if (!span.isRecording()) return
      if (errorType !== undefined)
        span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
  }
}

const present = (attributes: SpanAttributes): Attributes => {
  const kept: Attributes = {}
  for (const name in attributes) {
    const value = attributes[name]
    if (value !== undefined) kept[name] = value as Attributes[string]
  }
  return kept
}
