// Bytes of weights on one accelerator, by what they belong to. Knows no cache, no engine budget and no time.

import type { Component, Model, Precision, Weight } from '../../catalog/index.js'
import { expertWidth, type Sharding, stagesOf } from './sharding.js'
import { formatsOf } from './weight-format.js'

export interface WeightOptions {
  readonly sharding: Sharding
  /** Default: as the checkpoint is published. */
  readonly precision?: Precision
  /** Whether vision and audio towers are loaded. Default true. */
  readonly vision?: boolean
  /** Whether the model's own drafting layers (MTP) are loaded. Default false. */
  readonly prediction?: boolean
  /** Of this pipeline stage; default the one that holds most. */
  readonly stage?: number
}

export interface WeightBytes {
  /** On one accelerator of the stage. */
  readonly perAccelerator: number
  /** Of one copy of the model, as on disk. */
  readonly total: number
  /** Of `perAccelerator`. */
  readonly byComponent: Readonly<Partial<Record<Component, number>>>
}

/** Weight bytes of a replica, each weight in the width its checkpoint or format has. */
export const weightsOf = (model: Model, options: WeightOptions): WeightBytes => {
  const bytesOf = formatsOf(model, options.precision ?? model.precision)
  const onOne = ({ weight, count }: Counted) => count * bytesOf(weight) * shareOf(weight, options.sharding)
  const stages = weightsOfStages(model, options)
  const sums = stages.map((weights) => sum(weights.map(onOne)))
  const stage = options.stage ?? sums.indexOf(Math.max(...sums))
  const byComponent: Partial<Record<Component, number>> = {}
  for (const counted of stages[stage] ?? []) {
    const { component } = counted.weight
    byComponent[component] = (byComponent[component] ?? 0) + onOne(counted)
  }
  const copies = stages.flat().filter(({ again }) => !again)
  return {
    perAccelerator: sums[stage] ?? 0,
    total: sum(copies.map(({ weight, count }) => count * bytesOf(weight))),
    byComponent,
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

interface Counted {
  readonly weight: Weight
  readonly count: number
  /** A copy of what another stage has too. */
  readonly again?: boolean
}

const once = (weights: readonly Weight[], again = false): readonly Counted[] =>
  weights.map((weight) => ({ weight, count: 1, again }))

/** Embeddings and vision stand in the first stage, head and drafting layers in the last. */
const weightsOfStages = (
  { shape, tiedEmbeddings }: Model,
  { sharding, vision = true, prediction = false }: WeightOptions,
): readonly (readonly Counted[])[] => {
  const isFirst = ({ component }: Weight) => component === 'embeddings'
  const tables = shape.outside.filter(isFirst)
  const stages = stagesOf(shape.layers, sharding.pipelineParallel)
  const last = stages.length - 1
  return stages.map((layers, stage) => [
    ...[...layers].flatMap(([{ weights }, count]) => weights.map((weight) => ({ weight, count }))),
    ...(stage === 0 ? once([...tables, ...(vision ? shape.vision : [])]) : []),
    ...(stage === last ? once(shape.outside.filter((weight) => !isFirst(weight))) : []),
    // Tied embeddings stand in the last stage too, which multiplies by them.
    ...(stage === last && stage > 0 && tiedEmbeddings ? once(tables, true) : []),
    ...(stage === last && prediction ? once(shape.prediction.flatMap(({ weights }) => weights)) : []),
  ])
}

/** The share of a weight that one accelerator of its stage holds. */
const shareOf = (weight: Weight, sharding: Sharding): number => {
  const group = sharding.tensorParallel
  switch (weight.split) {
    case 'replicated':
      return 1
    case 'vocabulary':
    case 'tensor':
      return 1 / group
    case 'kv-heads':
      return 1 / Math.min(group, weight.kvHeads ?? group)
    case 'experts':
      return 1 / expertWidth(sharding)
  }
}
