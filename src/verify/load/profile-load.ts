// The load that a profile export tells of, as the means of one load test. Knows no deployment.

import { z } from 'zod'
import { verifyError } from '../messages.js'

const metric = z.object({ value: z.number() }).optional()

const line = z.object({
  metadata: z.object({
    benchmark_phase: z.string(),
    question: z.number().optional(),
    cache: z.boolean(),
    scheduled_ns: z.number(),
    sent_ns: z.number(),
    request_end_ns: z.number(),
  }),
  metrics: z.object({
    upstream_time_to_first_token: metric,
    inter_token_latency: metric,
    input_sequence_length: metric,
    output_sequence_length: metric,
  }),
  error: z.unknown(),
})

type Line = z.infer<typeof line>

export interface ProfileLoad {
  /** Measured requests that an engine answered, without those that failed. */
  readonly answered: number
  readonly failed: number
  /** Mean number of requests under way; null where all came at once. */
  readonly concurrency: number | null
  /** Means over the answers; null where the server counted none. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Time per token after the first one, ms. */
  readonly tpotMs: number | null
  /** To the first content, of the engine alone, where a question was asked for the first time; null where none was told. */
  readonly ttft: { readonly ms: number; readonly answers: number } | null
}

/**
 * Warm-up and answers from the gateway's cache are left out. Requests under way by Little's law: time in the system
 * over the time in which they came.
 * @param text profile_export.jsonl
 * @throws `verify.profile-invalid`
 */
export const profileLoad = (text: string, path: string): ProfileLoad => {
  const all = parsed(text, path)
  const isMeasured = ({ metadata }: Line) => metadata.benchmark_phase === 'profiling' && !metadata.cache
  const records = all.filter(isMeasured)
  const answers = records.filter(({ error }) => error === null)
  const [first, last] = [Math.min, Math.max].map((end) =>
    end(...records.map(({ metadata }) => metadata.scheduled_ns)),
  )
  const spanNs = (last ?? 0) - (first ?? 0)
  const underWayNs = records.reduce(
    (sum, { metadata }) => sum + metadata.request_end_ns - metadata.sent_ns,
    0,
  )
  const mean = (name: keyof (typeof records)[number]['metrics']) =>
    meanOf(answers.map(({ metrics }) => metrics[name]))
  return {
    answered: answers.length,
    failed: records.length - answers.length,
    concurrency: spanNs > 0 ? underWayNs / spanNs : null,
    inputTokens: mean('input_sequence_length'),
    outputTokens: mean('output_sequence_length'),
    tpotMs: mean('inter_token_latency'),
    ttft: firstTokens(askedFirst(all).filter((each) => isMeasured(each) && each.error === null)),
  }
}

/** Asked again, a prompt is in the engine's prefix cache, and its first token says nothing of how long reading takes. */
const askedFirst = (records: readonly Line[]): readonly Line[] => {
  const seen = new Set<number>()
  return records.filter(({ metadata: { question } }) => {
    if (question === undefined || seen.has(question)) return false
    seen.add(question)
    return true
  })
}

const firstTokens = (answers: readonly Line[]): ProfileLoad['ttft'] => {
  const told = answers.flatMap(({ metrics }) => metrics.upstream_time_to_first_token ?? [])
  const ms = meanOf(told)
  return ms === null ? null : { ms, answers: told.length }
}

const meanOf = (values: readonly ({ readonly value: number } | undefined)[]): number | null => {
  const known = values.flatMap((each) => each?.value ?? [])
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null
}

const parsed = (text: string, path: string) =>
  text
    .split('\n')
    .filter((each) => each.trim() !== '')
    .map((each, index) => {
      try {
        return line.parse(JSON.parse(each))
      } catch (error) {
        const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
        throw verifyError('verify.profile-invalid', { path, line: index + 1, detail }, { cause: error })
      }
    })
