// The arithmetic of one accelerator's memory: weights, cache and what is left for the rest.

import { bytesPerGiB } from '../../core/index.js'
import { acceleratorsOf, kvBytesOfSequence } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'

/** None for an API, whose memory is its provider's. */
export const memorySums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { catalogue, assessment } = facts
  const { workload } = assessment
  const { memory, layout, engine } = candidate
  const model = catalogue.lookUpModel(candidate.model).found
  if (!memory || !layout || !engine || !model) return []
  const { settings } = memory
  const count = acceleratorsOf(layout)
  const weightsGiB = memory.weightsGiB * count
  const tokens = Math.ceil(workload.inputTokens.mean + workload.outputTokens.mean)
  const dtype = candidate.kvDtype ?? 'auto'
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
    ...sharesSum(candidate),
    {
      figure: 'memory',
      message: sumMessage('planner.sum-memory', {
        rule: engine === 'sglang' || engine === 'trtllm' ? engine : 'share',
        totalGiB: memory.totalGiB,
        share: settings.utilisation,
        weightsGiB: memory.weightsGiB,
        stepGiB: memory.stepGiB,
        heldGiB: memory.heldGiB,
        poolGiB: memory.kvPoolGiB,
      }),
    },
    {
      figure: 'kv-cache',
      message: sumMessage('planner.sum-kv', {
        tokens,
        perTokenBytes: model.kvBytesPerToken * (candidate.kvDtype === 'fp8' ? 0.5 : 1),
        wholeGiB: kvBytesOfSequence(model, tokens, dtype) / bytesPerGiB,
        perSequenceGiB: memory.kvGiBPerSequence,
      }),
    },
    {
      figure: 'sequences',
      message: sumMessage('planner.sum-sequences', {
        poolGiB: memory.kvPoolGiB,
        perSequenceGiB: memory.kvGiBPerSequence,
        limit: settings.sequencesLimit,
        each: settings.maxSequences,
        groups: layout.dataParallel ?? 1,
        sequences: memory.maxSequences,
      }),
    },
  ]
}

/** Several models on one card: what each engine is told to take. */
const sharesSum = ({ packing, memory }: Candidate): readonly Sum[] =>
  packing && memory
    ? [
        {
          figure: 'shares',
          message: sumMessage('planner.sum-shares', {
            totalGiB: memory.totalGiB,
            stages: packing.stages.map((stage) => ({ stage, share: packing.shares[stage] ?? 0 })),
            chatShare: packing.chatShare,
          }),
        },
      ]
    : []
