// Opens traces where they are wanted. OpenTelemetry's packages are loaded here and nowhere else, and only then.

import { type TraceConfig, traceSettings } from './trace-settings.js'
import type { Tracer, TracerDeps } from './tracer.js'

export interface TracerOptions extends TracerDeps {
  readonly config: TraceConfig
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** @returns undefined where neither the file nor the environment names an endpoint */
export const openTracer = async (options: TracerOptions): Promise<Tracer | undefined> => {
  const { config, environment, log } = options
  const settings = traceSettings(config, environment, (variable) =>
    log.warn({ variable }, 'the value of an environment variable is not understood and not used'),
  )
  if (!settings) return undefined
  const { createOtelTracer } = await import('./otel-tracer.js')
  return createOtelTracer(settings, options)
}
