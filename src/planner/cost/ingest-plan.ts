// How all documents become vectors by a day: how many cores, accelerators or tokens of an API that takes, and what it
// costs. Knows no parser and no index.

import type { Requirements } from '../../spec/index.js'
import { usdPerCoreHour } from './cpu-price.js'
import {
  acceleratorRange,
  coreRange,
  type EncoderSize,
  encoders,
  tokensPerSecondOfAccelerator,
  tokensPerSecondOfCore,
} from './encoder.js'
import type { Rentable } from './reading-supply.js'

export interface IngestWay {
  readonly kind: 'cores' | 'accelerators' | 'api'
  /** For people: `vCPU`, `L40S 48 GB`, `openai/text-embedding-3-small`. */
  readonly name: string
  /** Cores or accelerators at work at once; 0 for an API. */
  readonly count: number
  /** Null: as fast as the account's quota, which nothing here knows. */
  readonly days: number | null
  readonly usd: number
  readonly lowUsd: number
  readonly highUsd: number
  /** False when there are too few of them to be done in time. */
  readonly inTime: boolean
}

export interface IngestPlan {
  readonly documents: number
  readonly tokensPerDocument: number
  /** True when the length of a document is assumed. */
  readonly assumedLength: boolean
  readonly tokens: number
  readonly deadlineDays: number | null
  readonly embeddings: EncoderSize
  /** Vectors of 4-byte numbers, GiB. */
  readonly vectorsGiB: number
  /** In time first, then by cost. */
  readonly ways: readonly IngestWay[]
}

export interface EmbeddingApi {
  readonly name: string
  readonly usdPerMillionTokens: number
}

/** Until the requirements say: between 250 and 4,000. */
export const assumedTokensPerDocument = 1000
/** As the architecture cuts them. */
const tokensPerPassage = 256
/** Without a deadline the plan is for a week. */
const defaultDays = 7

/** The size of the encoder that the requirements ask for; null = no vectors. */
export const embeddingsOf = ({ useCase }: Pick<Requirements, 'useCase'>): EncoderSize | null => {
  const { embeddings, ingestDays } = useCase.knowledge ?? {}
  const asked = embeddings ?? (ingestDays === undefined ? 'none' : 'small')
  return asked === 'none' ? null : asked
}

/**
 * Work = 2 x weights x tokens; the attention between the tokens of a short passage adds little and is left out.
 * @returns null when there are no documents, or none become vectors
 */
export const planIngest = (
  requirements: Pick<Requirements, 'useCase'>,
  offers: {
    readonly rentable: readonly Rentable[]
    readonly apis: readonly EmbeddingApi[]
    readonly cores: boolean
    readonly efficiency: number
  },
): IngestPlan | null => {
  const { knowledge } = requirements.useCase
  const embeddings = embeddingsOf(requirements)
  if (!knowledge?.documents || embeddings === null) return null
  const { parametersB, dimensions } = encoders[embeddings]
  const tokensPerDocument = knowledge.tokensPerDocument ?? assumedTokensPerDocument
  const tokens = knowledge.documents * tokensPerDocument
  const days = knowledge.ingestDays ?? defaultDays
  const ways = [
    ...(offers.cores ? [onCores(parametersB, tokens, days)] : []),
    ...offers.rentable.flatMap((rentable) => {
      const { accelerator } = rentable
      const speed = tokensPerSecondOfAccelerator(parametersB, accelerator, offers.efficiency)
      const range = acceleratorRange(parametersB, accelerator, offers.efficiency)
      if (speed === null || range === null) return []
      return [onAccelerators(rentable, { speed: { value: speed, ...range }, tokens, days })]
    }),
    ...offers.apis.map((api) => byApi(api, tokens)),
  ]
  return {
    documents: knowledge.documents,
    tokensPerDocument,
    assumedLength: knowledge.tokensPerDocument === undefined,
    tokens,
    deadlineDays: knowledge.ingestDays ?? null,
    embeddings,
    vectorsGiB: (Math.ceil(tokens / tokensPerPassage) * dimensions * 4) / 1024 ** 3,
    ways: ways.sort((a, b) => Number(b.inTime) - Number(a.inTime) || a.usd - b.usd),
  }
}

/** As many as the slow end of what was measured takes. */
const onCores = (parametersB: number, tokens: number, days: number): IngestWay => {
  const { low, high } = coreRange(parametersB)
  const hoursAt = (tokensPerSecond: number) => tokens / tokensPerSecond / 3600
  const count = Math.max(1, Math.ceil(hoursAt(low) / (days * 24)))
  return {
    kind: 'cores',
    name: 'vCPU',
    count,
    days: hoursAt(low) / count / 24,
    usd: hoursAt(tokensPerSecondOfCore(parametersB)) * usdPerCoreHour.middle,
    lowUsd: hoursAt(high) * usdPerCoreHour.low,
    highUsd: hoursAt(low) * usdPerCoreHour.high,
    inTime: true,
  }
}

interface Speed {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** As many as the slow end of what was measured takes. */
const onAccelerators = (
  { accelerator, usdPerHour, most }: Rentable,
  { speed, tokens, days }: { readonly speed: Speed; readonly tokens: number; readonly days: number },
): IngestWay => {
  const hoursAt = (tokensPerSecond: number) => tokens / tokensPerSecond / 3600
  const wanted = Math.max(1, Math.ceil(hoursAt(speed.low) / (days * 24)))
  const count = Math.min(wanted, most)
  return {
    kind: 'accelerators',
    name: accelerator.label,
    count,
    days: hoursAt(speed.low) / count / 24,
    usd: hoursAt(speed.value) * usdPerHour,
    lowUsd: hoursAt(speed.high) * usdPerHour,
    highUsd: hoursAt(speed.low) * usdPerHour,
    inTime: wanted <= most,
  }
}

const byApi = ({ name, usdPerMillionTokens }: EmbeddingApi, tokens: number): IngestWay => {
  const usd = (tokens / 1e6) * usdPerMillionTokens
  return { kind: 'api', name, count: 0, days: null, usd, lowUsd: usd, highUsd: usd, inTime: true }
}
