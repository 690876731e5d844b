// What the failure of an embeddings or rerank endpoint means for a knowledge base, in words for its messages.

import { ArchitectError } from '../core/index.js'

/** Beside the limit that each call sets for itself. */
export const endpointTimeouts = { connectMs: 5_000, firstContentMs: 600_000, idleMs: 600_000 } as const

/** Whether the time that the caller had for it is over: asking again would take the same time again. */
export const isOutOfTime = (error: unknown): boolean =>
  error instanceof ArchitectError &&
  error.code === 'llm.upstream-timeout' &&
  error.params.phase === 'deadline'

export const endpointDetail = (error: unknown): string => {
  if (!(error instanceof ArchitectError)) return error instanceof Error ? error.message : String(error)
  const { status, detail, reason, limitMs } = error.params
  if (status !== undefined) return `HTTP ${status}: ${detail}`
  if (limitMs !== undefined) return `no answer within ${limitMs} ms`
  return String(reason ?? error.message)
}
