// Requirements for tests: one small base, changed where a test needs it.

import { type Requirements, requirementsSchema } from '../../spec/index.js'

type Input = Parameters<typeof requirementsSchema.parse>[0] & Record<string, unknown>

const base = {
  version: 1,
  name: 'test-system',
  useCase: { kind: 'chat', description: 'A chat.', audience: 'internal' },
  performance: { targets: [] },
  scale: {
    peakRequestsPerSecond: 2,
    lengths: { inputTokens: { p50: 1000, p95: 2000 }, outputTokens: { p50: 200, p95: 400 } },
  },
}

/** The base with whole sections replaced. */
export const requirementsOf = (sections: Input = {}): Requirements =>
  requirementsSchema.parse({ ...base, ...sections })

export const scaleOf = (changes: Record<string, unknown>) => ({ ...base.scale, ...changes })

/** A speed target at the peak, for the workload, with warm caches. */
export const targetOf = (
  metric: string,
  value: number,
  changes: Record<string, unknown> = {},
): Record<string, unknown> => ({
  id: metric.toLowerCase(),
  metric,
  op: metric.endsWith('PerSecond') ? '>' : '<',
  value,
  unit: metric.endsWith('PerSecond') ? 'tokens/s' : 'ms',
  load: 'peak',
  lengths: 'workload',
  cache: 'warm',
  ...changes,
})
