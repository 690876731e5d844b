// Models behind somebody else's API: where, how fast and how good as published. Prices stand in price-of.ts.

import data from './data/hosted-models.json' with { type: 'json' }
import type { Model, PublishedQuality } from './model.js'
import { type Source, sourceOf } from './table.js'

export interface HostedProvider {
  readonly id: string
  /** Speaks the OpenAI chat dialect. */
  readonly address: string
  /** Environment variable that usually holds its key. */
  readonly keyVariable: string
  /** Where it says it processes the data; null = not known here. */
  readonly regions: readonly string[] | null
  readonly regionsSource: Source | null
}

export interface HostedModel {
  readonly provider: HostedProvider
  /** The provider's name of the model. */
  readonly model: string
  /** The open-weight model behind it, by catalogue name. */
  readonly base: string | null
  readonly reasoning: Model['reasoning']
  readonly quality: PublishedQuality | null
  /** Published medians at low load; null = not published, or not read. */
  readonly ttftMs: number | null
  readonly tokensPerSecond: number | null
  readonly speedSource: Source | null
}

interface Row {
  readonly provider: string
  readonly model: string
  readonly base?: string
  readonly reasoning: string
  readonly mmluPro?: number
  readonly qualitySource?: number
  readonly ttftMs?: number
  readonly tokensPerSecond?: number
  readonly speedSource?: number
}

interface ProviderRow extends Omit<HostedProvider, 'regionsSource'> {
  readonly regionsSource?: number
}

const sourceAt = (index: number | undefined): Source | null =>
  index === undefined ? null : sourceOf(data.sources[index] ?? [])

export const readHostedProviders = (): readonly HostedProvider[] =>
  (data.providers as readonly ProviderRow[]).map((row) => ({
    ...row,
    regionsSource: sourceAt(row.regionsSource),
  }))

export const readHostedModels = (models: readonly Model[]): readonly HostedModel[] => {
  const providers = new Map(readHostedProviders().map((provider) => [provider.id, provider]))
  return (data.models as readonly Row[]).flatMap((row) => {
    const provider = providers.get(row.provider)
    if (!provider) return []
    const base = models.find(({ name }) => name === row.base)
    return {
      provider,
      model: row.model,
      base: base?.name ?? null,
      reasoning: row.reasoning as Model['reasoning'],
      quality: publishedQuality(row) ?? base?.quality ?? null,
      ttftMs: row.ttftMs ?? null,
      tokensPerSecond: row.tokensPerSecond ?? null,
      speedSource: sourceAt(row.speedSource),
    }
  })
}

const publishedQuality = ({ mmluPro, qualitySource }: Row): PublishedQuality | null =>
  mmluPro === undefined || qualitySource === undefined
    ? null
    : {
        metric: 'MMLU-Pro',
        value: mmluPro,
        mode: 'direct',
        source: sourceOf(data.sources[qualitySource] ?? []).origin,
      }
