// Whether and where traces go: what architecture.yaml says, and OpenTelemetry's own environment variables, which win,
// since they are what differs between two places where the same architecture runs. Pure.

export interface TraceConfig {
  /** OTLP/HTTP address of a collector; `/v1/traces` is added. */
  readonly endpoint?: string | undefined
  /** Of each export; the values themselves, no references. */
  readonly headers: Readonly<Record<string, string>>
  /** In 0..1. */
  readonly sampleRatio: number
  readonly captureContent: boolean
}

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

export interface TraceSettings {
  /** Where each batch is posted. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: SamplerName
  /** In 0..1. */
  readonly ratio: number
  readonly captureContent: boolean
  /** Ended spans that may wait for their export; further ones are dropped, and counted. */
  readonly queueSpans: number
  readonly batchSpans: number
  readonly batchDelayMs: number
  /** Of one export, its retries included. */
  readonly timeoutMs: number
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param onInvalid told of each variable whose value is not understood and so not used
 * @returns undefined where nobody wants traces: neither the file nor the environment names an endpoint
 */
export const traceSettings = (
  config: TraceConfig,
  environment: Environment,
  onInvalid: (variable: string) => void = () => {},
): TraceSettings | undefined => {
  const url = urlOf(config, environment, onInvalid)
  if (url === undefined || environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  if (environment.OTEL_TRACES_EXPORTER === 'none') return undefined
  const protocol =
    environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ??
    environment.OTEL_EXPORTER_OTLP_PROTOCOL ??
    protocolSpoken
  if (protocol !== protocolSpoken) onInvalid('OTEL_EXPORTER_OTLP_PROTOCOL')
  const number = (variable: string, fallback: number) =>
    numberOf(environment, variable, { fallback, onInvalid })
  const { 'service.name': named, ...resource } = pairsOf(environment.OTEL_RESOURCE_ATTRIBUTES)
  const queueSpans = number('OTEL_BSP_MAX_QUEUE_SIZE', 4096)
  return {
    url,
    headers: {
      ...config.headers,
      ...pairsOf(environment.OTEL_EXPORTER_OTLP_HEADERS),
      ...pairsOf(environment.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    serviceName: environment.OTEL_SERVICE_NAME || named || 'llm-architect',
    resource,
    ...samplerOf(config, environment, onInvalid),
    captureContent: config.captureContent,
    queueSpans,
    batchSpans: Math.min(queueSpans, number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 128)),
    batchDelayMs: number('OTEL_BSP_SCHEDULE_DELAY', 1_000),
    timeoutMs: number('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', number('OTEL_EXPORTER_OTLP_TIMEOUT', 5_000)),
  }
}

const protocolSpoken = 'http/protobuf'

const urlOf = (
  { endpoint }: TraceConfig,
  { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: base }: Environment,
  onInvalid: (variable: string) => void,
): string | undefined => {
  if (whole && !URL.canParse(whole)) onInvalid('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  else if (whole) return whole
  if (base && !URL.canParse(base)) onInvalid('OTEL_EXPORTER_OTLP_ENDPOINT')
  else if (base) return tracesUnder(base)
  return endpoint === undefined ? undefined : tracesUnder(endpoint)
}

const tracesUnder = (base: string) => `${base.replace(/\/+$/, '')}/v1/traces`

const samplers: readonly SamplerName[] = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
]

const samplerOf = (
  { sampleRatio }: TraceConfig,
  { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }: Environment,
  onInvalid: (variable: string) => void,
): Pick<TraceSettings, 'sampler' | 'ratio'> => {
  if (!name) return { sampler: 'parentbased_traceidratio', ratio: sampleRatio }
  const sampler = samplers.find((known) => known === name)
  if (!sampler) {
    onInvalid('OTEL_TRACES_SAMPLER')
    return { sampler: 'parentbased_traceidratio', ratio: sampleRatio }
  }
  const ratio = argument ? Number(argument) : 1
  if (ratio >= 0 && ratio <= 1) return { sampler, ratio }
  onInvalid('OTEL_TRACES_SAMPLER_ARG')
  return { sampler, ratio: 1 }
}

const numberOf = (
  environment: Environment,
  variable: string,
  { fallback, onInvalid }: { readonly fallback: number; readonly onInvalid: (variable: string) => void },
): number => {
  const text = environment[variable]
  if (!text) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  onInvalid(variable)
  return fallback
}

/** `name=value,name=value`, as W3C Baggage writes them; values may be percent-encoded. */
const pairsOf = (text = ''): Record<string, string> =>
  Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at > 0 ? [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]] : []
    }),
  )

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
