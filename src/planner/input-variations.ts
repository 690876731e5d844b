// The inputs of a design that its bill may hang on, each with how to change it.

import type { Requirements } from '../spec/index.js'
import type { Variation } from './cost/sensitivity.js'
import type { DesignContext } from './search/design-context.js'
import type { Candidate } from './search/report.js'
import { systemUsdOf } from './search/system-cost.js'
import { wantsMore } from './search/target.js'

const scaled = { less: 0.75, more: 1.25 }
const shifted = { less: -0.1, more: 0.1 }

/** Lengths, load and limits by a quarter down and up; the share of repeated requests by a tenth of all requests. */
export const inputVariations = (
  context: DesignContext,
  chosen: Candidate,
  usdAt: (requirements: Requirements) => number | null,
): readonly Variation[] => {
  const { requirements } = context
  const { scale, performance } = requirements
  const { lengths } = scale
  const withScale = (changes: Partial<Requirements['scale']>) =>
    usdAt({ ...requirements, scale: { ...scale, ...changes } })
  const times = ({ p50, p95 }: { readonly p50: number; readonly p95: number }, by: number) => ({
    p50: p50 * by,
    p95: p95 * by,
  })
  return [
    {
      input: 'scale.peakRequestsPerSecond',
      ...scaled,
      usdAt: (by) => withScale({ peakRequestsPerSecond: scale.peakRequestsPerSecond * by }),
    },
    {
      input: 'scale.lengths.inputTokens',
      ...scaled,
      usdAt: (by) => withScale({ lengths: { ...lengths, inputTokens: times(lengths.inputTokens, by) } }),
    },
    {
      input: 'scale.lengths.outputTokens',
      ...scaled,
      usdAt: (by) => withScale({ lengths: { ...lengths, outputTokens: times(lengths.outputTokens, by) } }),
    },
    {
      input: 'scale.repeatedShare',
      ...shifted,
      usdAt: (by) => withScale({ repeatedShare: Math.min(1, Math.max(0, scale.repeatedShare + by)) }),
    },
    ...(performance.targets.length > 0
      ? [
          {
            input: 'performance.targets',
            ...scaled,
            usdAt: (by: number) =>
              usdAt({
                ...requirements,
                performance: {
                  targets: performance.targets.map((target) => ({
                    ...target,
                    value: wantsMore(target.metric) ? target.value / by : target.value * by,
                  })),
                },
              }),
          },
        ]
      : []),
    {
      input: 'availability.survivesReplicaLoss',
      less: 0,
      more: 1,
      usdAt: (on) =>
        usdAt({
          ...requirements,
          availability: { ...requirements.availability, survivesReplicaLoss: on === 1 },
        }),
    },
    {
      input: 'price',
      ...scaled,
      usdAt: (by) => (chosen.costPerMonthUsd ?? 0) * by + systemUsdOf(chosen, context),
    },
  ]
}
