// The arithmetic of one accelerator's memory: weights, cache and what is left for the rest.

import { bytesPerGiB } from '../../core/index.js'
import { kvCost } from '../memory/kv-cache.js'
import { acceleratorsOf, engineBudget, kvBytesOfSequence } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'
import { acceleratorFor } from './accelerator-for.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'

/** None for an API, whose memory is its provider's. */
export const memorySums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { catalogue, assessment } = facts
  const { workload } = assessment
  const { memory, layout, engine } = candidate
  const model = catalogue.lookUpModel(candidate.model).found
  const accelerator = acceleratorFor(candidate, facts)
  if (!memory || !layout || !engine || !model || !accelerator) return []
  const budget = engineBudget(engine, accelerator)
  const count = acceleratorsOf(layout)
  const totalGiB = accelerator.memoryGiB ?? 0
  const usableGiB = totalGiB * budget.utilisation
  const weightsGiB = memory.weightsGiB * count
  const tokens = Math.ceil(workload.inputTokens.mean + workload.outputTokens.mean)
  const dtype = candidate.kvDtype ?? 'auto'
  const perSequenceGiB = kvCost(model, { sharding: layout, dtype }).bytesOf(tokens) / bytesPerGiB
  return [
    {
      figure: 'weights',
      message: sumMessage('planner.sum-weights', {
        parametersB: model.parametersB ?? 0,
        precision: candidate.precision ?? '',
        bits: (weightsGiB * bytesPerGiB * 8) / ((model.parametersB ?? 1) * 1e9),
        weightsGiB,
        count,
        eachGiB: memory.weightsGiB,
      }),
    },
    {
      figure: 'memory',
      message: sumMessage('planner.sum-memory', {
        totalGiB,
        share: budget.utilisation,
        usableGiB,
        weightsGiB: memory.weightsGiB,
        restGiB: usableGiB - memory.weightsGiB - memory.kvPoolGiB,
        poolGiB: memory.kvPoolGiB,
      }),
    },
    {
      figure: 'kv-cache',
      message: sumMessage('planner.sum-kv', {
        tokens,
        perTokenBytes: model.kvBytesPerToken * (candidate.kvDtype === 'fp8' ? 0.5 : 1),
        wholeGiB: kvBytesOfSequence(model, tokens, dtype) / bytesPerGiB,
        perSequenceGiB,
      }),
    },
    {
      figure: 'sequences',
      message: sumMessage('planner.sum-sequences', {
        poolGiB: memory.kvPoolGiB,
        perSequenceGiB,
        held: Math.floor(memory.kvPoolGiB / perSequenceGiB),
        limit: budget.maxSequences,
        sequences: memory.maxSequences,
      }),
    },
  ]
}
