import { describe, expect, it } from 'vitest'
import { type TraceConfig, traceSettings } from './trace-settings.js'

const nothing: TraceConfig = { headers: {}, sampleRatio: 1, captureContent: false }
const withEndpoint: TraceConfig = { ...nothing, endpoint: 'http://collector:4318/' }

describe('traceSettings', () => {
  it('wants no traces where nobody names an endpoint, or somebody says so', () => {
    expect(traceSettings(nothing, {})).toBeUndefined()
    expect(traceSettings(nothing, { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined()
    expect(traceSettings(withEndpoint, { OTEL_SDK_DISABLED: 'true' })).toBeUndefined()
    expect(traceSettings(withEndpoint, { OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined()
  })

  it('has its defaults', () => {
    expect(traceSettings(withEndpoint, {})).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      serviceName: 'llm-architect',
      resource: {},
      sampler: 'parentbased_traceidratio',
      ratio: 1,
      captureContent: false,
      queueSpans: 4096,
      batchSpans: 128,
      batchDelayMs: 1_000,
      timeoutMs: 5_000,
    })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:1' }, 'http://other:1/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other:1/in' }, 'http://other:1/in'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://y' }, 'http://y'],
  ])('takes the address of the environment before that of the file: %j', (environment, url) => {
    expect(traceSettings(withEndpoint, environment)?.url).toBe(url)
    expect(traceSettings(nothing, environment)?.url).toBe(url)
  })

  it('reads names, headers, limits and the sampler from the environment', () => {
    const settings = traceSettings(
      { ...withEndpoint, headers: { authorization: 'from the file', 'x-a': '1' }, sampleRatio: 0.5 },
      {
        OTEL_SERVICE_NAME: 'bank',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc, x-b = 2',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-b=3',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
        OTEL_BSP_MAX_QUEUE_SIZE: '10',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100',
        OTEL_EXPORTER_OTLP_TIMEOUT: '700',
      },
    )
    expect(settings).toMatchObject({
      serviceName: 'bank',
      resource: { 'deployment.environment.name': 'test' },
      headers: { authorization: 'Bearer abc', 'x-a': '1', 'x-b': '3' },
      sampler: 'traceidratio',
      ratio: 0.25,
      queueSpans: 10,
      batchSpans: 10,
      timeoutMs: 700,
    })
  })

  it('names what it does not understand, and goes on without it', () => {
    const invalid: string[] = []
    const settings = traceSettings(
      { ...withEndpoint, sampleRatio: 0.5 },
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_TRACES_SAMPLER: 'jaeger_remote',
        OTEL_BSP_SCHEDULE_DELAY: 'soon',
      },
      (variable) => invalid.push(variable),
    )
    expect(settings).toMatchObject({
      url: 'http://collector:4318/v1/traces',
      sampler: 'parentbased_traceidratio',
      ratio: 0.5,
      batchDelayMs: 1_000,
    })
    expect(invalid.sort()).toEqual([
      'OTEL_BSP_SCHEDULE_DELAY',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_TRACES_SAMPLER',
    ])
  })
})
