// The models beside the one that answers: what each has to read, where it is cheapest read in time, and how long a
// request waits for it. Knows no chat model.

import type { Requirements } from '../../spec/index.js'
import type { Workload } from '../assessment/workload.js'
import { encoders } from '../cost/encoder.js'
import { embeddingsOf } from '../cost/ingest-plan.js'
import { cheapestReading, type ReadingSupply, type Rentable } from '../cost/reading-supply.js'
import { copiesOf, questionTokens, requestOf, reranked } from '../cost/system-lines.js'

const stageIds = ['query-embedding', 'rerank', 'guard-model'] as const

export type StageId = (typeof stageIds)[number]

/** Whether a line of the bill is that of a small model, which may stand on the accelerators of the one that answers. */
export const isStage = (line: string): boolean => stageIds.some((id) => id === line)

export interface Stage {
  readonly id: StageId
  /** Weights that work on every token, in billions. */
  readonly parametersB: number
  readonly tokensPerRequest: number
  /** In one region at the peak. */
  readonly tokensPerSecond: number
  readonly supply: ReadingSupply
  /** Of a place of its own; nothing where only what is owned may be used. */
  readonly usdPerMonth: number
  /** Before the first token of the answer. */
  readonly msPerRequest: number
  /** On an accelerator that it shares: weights, tables and one process, GiB. */
  readonly memoryGiB: number
}

/** Word tables of the encoders, in billions of parameters: 250,000 words (XLM-RoBERTa's vocabulary, config.json) x width. */
const tableB = (dimensions: number) => (250_002 * dimensions) / 1e9
/** CUDA context and activations of one more process on a card, GiB: assumed. */
const processGiB = 1
const bytesPerWeight = 2

export const stagesOf = (
  requirements: Requirements,
  workload: Workload,
  offers: { readonly rentable: readonly Rentable[]; readonly efficiency: number },
): readonly Stage[] =>
  readersOf(requirements, workload).map(({ id, parametersB, storedB, tokens, parts }) => {
    const { regions } = requirements.availability
    const tokensPerSecond = (workload.requestsPerSecond.peak * tokens) / regions
    const supply = cheapestReading({
      ...offers,
      parametersB,
      tokensPerSecondPeak: tokensPerSecond,
      copies: copiesOf(requirements),
      request: requestOf(requirements, tokens, parts),
    })
    return {
      id,
      parametersB,
      tokensPerRequest: tokens,
      tokensPerSecond,
      supply,
      usdPerMonth: requirements.hosting.ownedOnly ? 0 : supply.usdPerMonth,
      msPerRequest: supply.readMs(tokens),
      memoryGiB: (storedB * bytesPerWeight * 1e9) / 1024 ** 3 + processGiB,
    }
  })

interface Reader {
  readonly id: StageId
  readonly parametersB: number
  readonly storedB: number
  readonly tokens: number
  /** Independent parts of a request. */
  readonly parts: number
}

const readersOf = (
  requirements: Requirements,
  { inputTokens, outputTokens }: Workload,
): readonly Reader[] => {
  const { useCase, safety } = requirements
  const size = embeddingsOf(requirements) ?? (requirements.scale.semanticRepeatedShare > 0 ? 'small' : null)
  const guardB = safety.guardModelParametersB
  const { parametersB, dimensions } = encoders.large
  const found: Reader[] = []
  if (size !== null) {
    const encoder = encoders[size]
    const storedB = encoder.parametersB + tableB(encoder.dimensions)
    found.push({
      id: 'query-embedding',
      parametersB: encoder.parametersB,
      storedB,
      tokens: questionTokens,
      parts: 1,
    })
  }
  if (useCase.knowledge?.rerank) {
    const tokens = reranked.passages * (reranked.tokens + questionTokens)
    const storedB = parametersB + tableB(dimensions)
    found.push({ id: 'rerank', parametersB, storedB, tokens, parts: reranked.passages })
  }
  if (guardB !== undefined) {
    const tokens = inputTokens.mean + outputTokens.mean
    found.push({ id: 'guard-model', parametersB: guardB, storedB: guardB, tokens, parts: 1 })
  }
  return found
}
