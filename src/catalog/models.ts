// The models of the data files: the facts of their configuration files joined with hand-kept ones.

import facts from './data/model-facts.json' with { type: 'json' }
import { readConfig } from './hf-config/read-model-config.js'
import type { Model, PublishedQuality } from './model.js'
import { readModelConfigs } from './model-configs.js'
import type { Precision } from './precision.js'

interface Facts {
  readonly serve?: string
  readonly aliases?: readonly string[]
  readonly precision?: Precision
  readonly variantOf?: string
  readonly licence?: string
  readonly reasoning?: Model['reasoning']
  readonly use?: Model['use']
  readonly maxContext?: number
  readonly quality?: Omit<PublishedQuality, 'source'> & { readonly source: number }
}

export const readModels = (): readonly Model[] =>
  readModelConfigs().map(({ name, source, config }) => {
    const known = (facts.facts as Readonly<Record<string, Facts>>)[name] ?? {}
    const { quality } = known
    const read = readConfig(config).facts
    return {
      ...read,
      name,
      aliases: [...(known.serve ? [known.serve] : []), ...(known.aliases ?? [])],
      checkpoint: known.serve ?? name,
      precision: known.precision ?? read.shape.stored.precision,
      variantOf: known.variantOf ?? null,
      licence: known.licence ?? null,
      reasoning: known.reasoning ?? 'optional',
      use: known.use ?? 'chat',
      quality: quality ? { ...quality, source: facts.qualitySources[quality.source] ?? '' } : null,
      maxContext: known.maxContext ?? read.maxContext,
      source,
    }
  })
