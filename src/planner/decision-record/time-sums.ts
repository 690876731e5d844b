// The arithmetic of time: what physics allows at the least, and what is predicted with engine, queue and spread.

import { bytesPerGiB } from '../../core/index.js'
import { kvCost } from '../memory/kv-cache.js'
import { acceleratorsOf } from '../memory/memory.js'
import { peakTflops } from '../memory/precision.js'
import { busy } from '../search/base-places.js'
import type { Candidate } from '../search/report.js'
import { acceleratorFor } from './accelerator-for.js'
import { answeringWays, targetsByWay } from './answering-ways.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { replicaPeakOf } from './replica-peak.js'
import { sumMessage } from './sum-messages.js'
import { enginePeakOf } from './workload-sums.js'

export const timeSums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => [
  ...floors(facts, candidate),
  ...predictions(candidate),
]

/** Lower bounds from bytes over bandwidth and operations over peak rate. */
const floors = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { catalogue, requirements, assessment } = facts
  const { workload } = assessment
  const { memory, layout, replicas, latency, precision } = candidate
  const model = catalogue.lookUpModel(candidate.model).found
  const accelerator = acceleratorFor(candidate, facts)
  if (!memory || !layout || !replicas || !latency || !precision || !model || !accelerator) return []
  const bandwidth = accelerator.bandwidthGBps
  const peakRate = peakTflops(accelerator, precision)
  if (bandwidth === null || peakRate === null || model.parametersB === null) return []
  const activeB = model.activeParametersB ?? model.parametersB
  const readGB = (memory.weightsGiB * bytesPerGiB * (activeB / model.parametersB)) / 1e9
  const wholePeak = enginePeakOf({
    peak: workload.requestsPerSecond.peak,
    repeated: workload.repeatedShare,
    regions: requirements.availability.regions,
  })
  const rate = replicaPeakOf(candidate, wholePeak) / replicas.serving
  const { routing } = candidate
  const overflow = routing?.kind === 'overflow' ? routing : null
  const inFlight = overflow
    ? overflow.concurrency / (replicas.serving * replicas.regions)
    : (rate * latency.e2eP90Ms.value) / 1000
  const context = workload.inputTokens.mean + workload.outputTokens.mean / 2
  const cache = kvCost(model, { sharding: layout, dtype: candidate.kvDtype ?? 'auto' })
  const eachGB = cache.bytesOf(context) / (layout.dataParallel ?? 1) / 1e9
  const cacheGB = inFlight * eachGB
  const fresh = Math.max(1, workload.inputTokens.mean - workload.sharedPrefixTokens)
  const count = acceleratorsOf(layout)
  return [
    {
      figure: 'read-weights',
      message: sumMessage('planner.sum-read-weights', {
        readGB,
        bandwidth,
        ms: readGB / (bandwidth / 1000),
        activeShare: activeB / model.parametersB,
      }),
    },
    {
      figure: 'in-flight',
      message: overflow
        ? sumMessage('planner.sum-places', {
            rate: overflow.inFlight / overflow.staySeconds,
            seconds: overflow.staySeconds,
            inFlight: overflow.inFlight,
            busy,
            places: overflow.concurrency,
          })
        : sumMessage('planner.sum-in-flight', { rate, seconds: latency.e2eP90Ms.value / 1000, inFlight }),
    },
    {
      figure: 'read-cache',
      message: sumMessage('planner.sum-read-cache', {
        inFlight,
        context,
        eachGB,
        cacheGB,
        bandwidth,
        ms: cacheGB / (bandwidth / 1000),
      }),
    },
    {
      figure: 'read-prompt',
      message: sumMessage('planner.sum-read-prompt', {
        activeB,
        fresh,
        shared: workload.sharedPrefixTokens,
        teraflops: (2 * activeB * fresh) / 1000,
        peakRate,
        count,
        ms: (2 * activeB * fresh) / (peakRate * count),
      }),
    },
  ]
}

const predictions = (candidate: Candidate): readonly Sum[] => [
  ...answeringWays(candidate).flatMap(({ whose, basis, latency }) =>
    latency
      ? (['ttft', 'tpot', 'e2e'] as const).map((metric) => ({
          figure: metric,
          message: sumMessage('planner.sum-predicted', {
            metric,
            whose,
            basis,
            ...latency[`${metric}P90Ms`],
          }),
        }))
      : [],
  ),
  ...targetsByWay(candidate).map(({ id, percentile, op, limit, unit, estimate, whose, counts }) => ({
    figure: id,
    message: sumMessage('planner.sum-target', {
      id,
      percentile,
      op,
      limit,
      unit,
      whose,
      isWorse: whose !== null && counts,
      ...estimate,
    }),
  })),
]
