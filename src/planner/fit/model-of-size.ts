// A model about which nothing but a name with a size is known: the nearest dense model of the catalogue, scaled. A bound.

import type { Catalogue, Model, ModelShape, Weight } from '../../catalog/index.js'

/** @returns null when the name has no size (`13B`, `1.5b`), or names active parameters beside all (`30B-A3B`) */
export const modelOfSize = (name: string, catalogue: Catalogue): Model | null => {
  const size = /(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)b(?![a-z0-9])/i.exec(name)?.[1]
  if (size === undefined || /a\d+(?:\.\d+)?b/i.test(name)) return null
  const asked = Number(size)
  if (!(asked > 0.05 && asked < 2000)) return null
  const dense = catalogue.models.filter(
    ({ experts, parametersB, attention, precision }) =>
      experts === 0 && parametersB !== null && attention === 'grouped' && precision === 'bf16',
  )
  const distance = ({ parametersB }: Model) => Math.abs(Math.log((parametersB ?? 1) / asked))
  const nearest = dense.reduce<Model | null>(
    (best, model) => (!best || distance(model) < distance(best) ? model : best),
    null,
  )
  if (!nearest?.parametersB) return null
  const ratio = asked / nearest.parametersB
  return {
    ...nearest,
    name,
    aliases: [],
    checkpoint: name,
    parametersB: asked,
    activeParametersB: asked,
    parametersFrom: 'name',
    shape: scaled(nearest.shape, ratio),
  }
}

const scaled = (shape: ModelShape, ratio: number): ModelShape => {
  const scale = (weight: Weight): Weight => ({ ...weight, parameters: weight.parameters * ratio })
  return {
    ...shape,
    certainty: 'bounded',
    layers: shape.layers.map((layer) => ({ ...layer, weights: layer.weights.map(scale) })),
    outside: shape.outside.map(scale),
  }
}
