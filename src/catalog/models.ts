// The models of the data files: measured configuration facts joined with hand-kept ones.

import facts from './data/model-facts.json' with { type: 'json' }
import table from './data/models.json' with { type: 'json' }
import { type ShapeFields, shapeOfFields } from './hf-config/shape-of-fields.js'
import type { Model, PublishedQuality } from './model.js'
import type { Precision } from './precision.js'
import { decodeTable } from './table.js'

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
  decodeTable<ShapeFields>(table).map((row) => {
    const known = (facts.facts as Readonly<Record<string, Facts>>)[row.name] ?? {}
    const { quality } = known
    const model: ShapeFields = {
      ...row,
      aliases: [...(known.serve ? [known.serve] : []), ...(known.aliases ?? [])],
      checkpoint: known.serve ?? row.name,
      precision: known.precision ?? 'bf16',
      variantOf: known.variantOf ?? null,
      licence: known.licence ?? null,
      reasoning: known.reasoning ?? 'optional',
      use: known.use ?? 'chat',
      quality: quality ? { ...quality, source: facts.qualitySources[quality.source] ?? '' } : null,
      maxContext: known.maxContext ?? row.maxContext,
    }
    return { ...model, shape: shapeOfFields(model) }
  })
