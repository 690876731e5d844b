// Documents longer than the context: retrieve passages, read in parts and reduce, or a model with a longer context,
// each with its cost and rough latency. Knows no models: the caller prices requirements.

import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { retrievedTokens } from './adaptation.js'
import { costMessage } from './cost-messages.js'

/** What a system for changed requirements would cost, and who would serve it. */
export interface Repriced {
  readonly candidate: string
  readonly usdPerMonth: number
  readonly e2eP90Ms: number | null
}

export interface LongDocumentStrategy {
  readonly kind: 'retrieve' | 'map-reduce' | 'long-context'
  /** Calls of the model for one request. */
  readonly calls: number
  readonly inputTokensPerRequest: number
  readonly outputTokensPerRequest: number
  /** Null: nothing that was looked at can do it. */
  readonly usdPerMonth: number | null
  /** Two calls after one another for map-reduce, whose parts are read at the same time; ms. */
  readonly e2eP90Ms: number | null
  readonly candidate: string | null
  readonly basis: Message
}

/** What is noted of each part: assumed. */
const noteTokens = 300
/** Of a context, what instructions and answer take of it is not filled with the document. */
const partShare = 0.75

/**
 * @param options.contextTokens longest request that the design plans for
 * @param options.priceChosen the chosen way under changed requirements
 * @param options.priceAny the cheapest of all ways under changed requirements
 * @returns empty when the documents fit, or nobody said how long they are
 */
export const longDocumentStrategies = (options: {
  readonly requirements: Requirements
  readonly contextTokens: number
  readonly priceChosen: (requirements: Requirements) => Repriced | null
  readonly priceAny: (requirements: Requirements) => Repriced | null
}): readonly LongDocumentStrategy[] => {
  const { requirements, contextTokens, priceChosen, priceAny } = options
  const document = requirements.useCase.knowledge?.tokensPerDocument
  if (document === undefined || document <= contextTokens) return []
  const { inputTokens, outputTokens, sharedPrefixTokens } = requirements.scale.lengths
  const question = Math.min(inputTokens.p50, sharedPrefixTokens + 200)
  const retrieve = question + retrievedTokens
  const parts = Math.ceil(document / (contextTokens * partShare))
  const part = Math.ceil(document / parts) + question
  const reduce = question + parts * noteTokens
  const whole = question + document
  const answer = outputTokens.p50
  const strategy = (
    kind: LongDocumentStrategy['kind'],
    facts: Pick<LongDocumentStrategy, 'calls' | 'inputTokensPerRequest' | 'outputTokensPerRequest'>,
    found: Repriced | null,
    rounds = 1,
  ): LongDocumentStrategy => ({
    kind,
    ...facts,
    usdPerMonth: found?.usdPerMonth ?? null,
    e2eP90Ms: found?.e2eP90Ms == null ? null : found.e2eP90Ms * rounds,
    candidate: found?.candidate ?? null,
    basis: costMessage('planner.long-document', {
      kind,
      documentTokens: document,
      calls: facts.calls,
      inputTokens: facts.inputTokensPerRequest,
    }),
  })
  const asked = (changes: Changes) => withLengths(requirements, changes)
  return [
    strategy(
      'retrieve',
      { calls: 1, inputTokensPerRequest: retrieve, outputTokensPerRequest: answer },
      priceChosen(asked({ input: retrieve, output: answer })),
    ),
    strategy(
      'map-reduce',
      {
        calls: parts + 1,
        inputTokensPerRequest: parts * part + reduce,
        outputTokensPerRequest: parts * noteTokens + answer,
      },
      // Parts and their reduction as so many more requests of the mean of both lengths.
      priceChosen(
        asked({
          input: (parts * part + reduce) / (parts + 1),
          output: (parts * noteTokens + answer) / (parts + 1),
          times: parts + 1,
        }),
      ),
      2,
    ),
    strategy(
      'long-context',
      { calls: 1, inputTokensPerRequest: whole, outputTokensPerRequest: answer },
      priceAny(asked({ input: whole, output: answer })),
    ),
  ]
}

interface Changes {
  readonly input: number
  readonly output: number
  readonly times?: number
}

/** The same requirements for requests of one length, and so many times as many of them. */
const withLengths = (requirements: Requirements, { input, output, times = 1 }: Changes): Requirements => ({
  ...requirements,
  scale: {
    ...requirements.scale,
    peakRequestsPerSecond: requirements.scale.peakRequestsPerSecond * times,
    lengths: {
      ...requirements.scale.lengths,
      sharedPrefixTokens: Math.min(requirements.scale.lengths.sharedPrefixTokens, input),
      inputTokens: { p50: input, p95: input },
      outputTokens: { p50: output, p95: output },
    },
  },
})
