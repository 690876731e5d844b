// The arithmetic of the traffic: requests, tokens, what reaches the engines, and the longest request.

import { secondsPerMonth } from '../../core/index.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'

export const workloadSums = ({ requirements, assessment: { workload } }: DesignFacts): readonly Sum[] => {
  const { lengths } = requirements.scale
  const { peak, average } = workload.requestsPerSecond
  const { regions } = requirements.availability
  const sums: readonly (Sum | null)[] = [
    {
      figure: 'average-requests',
      message: sumMessage('planner.sum-average', {
        peak,
        share: average / peak,
        average,
        curveGiven: workload.curveGiven,
      }),
    },
    {
      figure: 'requests-per-month',
      message: sumMessage('planner.sum-requests-month', {
        average,
        seconds: secondsPerMonth,
        requests: workload.requestsPerMonth,
      }),
    },
    {
      figure: 'input-tokens',
      message: sumMessage('planner.sum-mean-tokens', {
        of: 'input',
        ...lengths.inputTokens,
        mean: workload.inputTokens.mean,
      }),
    },
    {
      figure: 'output-tokens',
      message: sumMessage('planner.sum-mean-tokens', {
        of: 'output',
        ...lengths.outputTokens,
        mean: workload.outputTokens.mean,
      }),
    },
    {
      figure: 'tokens-per-second',
      message: sumMessage('planner.sum-tokens-second', {
        peak,
        input: workload.inputTokens.mean,
        output: workload.outputTokens.mean,
        inputPeak: workload.tokensPerSecond.inputPeak,
        outputPeak: workload.tokensPerSecond.outputPeak,
      }),
    },
    {
      figure: 'tokens-per-month',
      message: sumMessage('planner.sum-tokens-month', {
        requests: workload.requestsPerMonth,
        input: workload.tokensPerMonth.input,
        output: workload.tokensPerMonth.output,
      }),
    },
    {
      figure: 'engine-peak',
      message: sumMessage('planner.sum-engine-peak', {
        peak,
        repeated: workload.repeatedShare,
        regions,
        enginePeak: enginePeakOf({ peak, repeated: workload.repeatedShare, regions }),
      }),
    },
    {
      figure: 'longest-request',
      message: sumMessage('planner.sum-longest', {
        input: lengths.inputTokens.p95,
        output: lengths.outputTokens.p95,
        longest: workload.contextTokens,
        asked: requirements.models.minContextTokens ?? 0,
      }),
    },
    workload.concurrencyAtPeak === null
      ? null
      : {
          figure: 'concurrency',
          message: sumMessage('planner.sum-concurrency', {
            peak,
            inFlight: workload.concurrencyAtPeak.value,
            seconds: workload.concurrencyAtPeak.value / peak,
            from: workload.concurrencyAtPeak.from,
          }),
        },
  ]
  return sums.filter((sum) => sum !== null)
}

/** Requests/s that reach the engines of one region: the answer cache takes repeated ones. */
export const enginePeakOf = (traffic: {
  readonly peak: number
  readonly repeated: number
  readonly regions: number
}): number => (traffic.peak * (1 - traffic.repeated)) / traffic.regions
