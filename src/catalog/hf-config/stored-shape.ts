// Marks each weight that a checkpoint stores in a format of its own. Knows no architecture.

import type { LayerShape, ModelShape, Weight } from '../model-shape.js'
import type { Quantization } from './quantization.js'

/** The shape with formats; layers that are stored alike stay one object. */
export const storedShape = (shape: Omit<ModelShape, 'stored'>, quantization: Quantization): ModelShape => {
  const { stored } = quantization
  if (stored.precision === 'bf16') return { ...shape, stored }
  const marked = (weights: readonly Weight[], namesOf: (module: string) => readonly string[]) =>
    weights.map((weight) => {
      const format = quantization.formatOf(weight, namesOf(weight.module))
      return format === null ? weight : { ...weight, format }
    })
  const known = new Map<LayerShape, LayerShape>()
  const layerAt = (layer: LayerShape, i: number): LayerShape => {
    const same = quantization.byLayer ? undefined : known.get(layer)
    if (same) return same
    const made = { ...layer, weights: marked(layer.weights, (module) => [`layers.${i}.${module}`]) }
    known.set(layer, made)
    return made
  }
  const outer = (weights: readonly Weight[]) => marked(weights, (module) => [module])
  const first = shape.layers.length
  return {
    ...shape,
    layers: shape.layers.map(layerAt),
    outside: outer(shape.outside),
    vision: outer(shape.vision),
    prediction: shape.prediction.map((layer, i) => ({
      ...layer,
      weights: marked(layer.weights, (module) => [
        `layers.${first + i}.${module}`,
        `mtp.layers.${i}.${module}`,
      ]),
    })),
    stored,
  }
}
