// Reads how busy one engine is, every few seconds, from its own metrics. Bounded in time and size; what it cannot
// read is null. Knows no other engine.

import { request } from 'undici'
import { type EngineKind, type EngineLoad, readEngineLoad } from '../../catalog/index.js'
import type { Clock } from '../../core/index.js'
import type { ProgramStatus, SupervisedProgram } from '../../supervisor/index.js'

export interface EngineReading {
  readonly load: EngineLoad | null
  readonly status: ProgramStatus | null
  readonly tokensPerSecond: number | null
}

export interface EngineWatch {
  /** The last reading. */
  reading(): EngineReading
}

export interface WatchOptions {
  readonly program: Pick<SupervisedProgram, 'state' | 'status'>
  readonly metrics: { readonly kind: EngineKind; readonly url: string } | undefined
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly everyMs?: number
}

const nothing: EngineReading = { load: null, status: null, tokensPerSecond: null }
const timeoutMs = 2000
const maxBytes = 4 * 1024 * 1024

/** Watches until `stop` is aborted. */
export const watchEngine = ({ program, metrics, clock, stop, everyMs = 5000 }: WatchOptions): EngineWatch => {
  let last = nothing
  let before: { readonly tokens: number; readonly atMs: number } | undefined

  const look = async (): Promise<EngineReading> => {
    if (program.state() !== 'ready') return nothing
    const [status, text] = await Promise.all([program.status(), metrics && readText(metrics.url)])
    const load = metrics && text !== undefined ? readEngineLoad(metrics.kind, text) : null
    return { status, load, tokensPerSecond: rateOf(load) }
  }
  const rateOf = (load: EngineLoad | null): number | null => {
    if (load?.tokensPerSecond != null) return load.tokensPerSecond
    const tokens = load?.generatedTokens ?? null
    const atMs = clock.monotonicMs()
    const earlier = before
    before = tokens === null ? undefined : { tokens, atMs }
    // Fewer than before: the engine has been started again.
    if (tokens === null || !earlier || tokens < earlier.tokens || atMs <= earlier.atMs) return null
    return ((tokens - earlier.tokens) / (atMs - earlier.atMs)) * 1000
  }
  const watch = async () => {
    while (!stop.aborted) {
      last = await look()
      // Aborted: the loop sees it.
      await clock.sleep(everyMs, stop).catch(() => {})
    }
  }
  void watch()
  return { reading: () => (program.state() === 'ready' ? last : nothing) }
}

const readText = async (url: string): Promise<string | undefined> => {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(timeoutMs) })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) return undefined
      chunks.push(chunk)
    }
    return statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : undefined
  } catch {
    // Too slow, or gone: its figures are not known for now.
    return undefined
  }
}
