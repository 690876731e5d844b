// Marks each weight that a checkpoint stores in a format of its own. Knows no architecture.

import type { LayerShape, ModelShape, Weight } from '../model-shape.js'
import type { Quantization } from './quantization.js'

/** The shape with formats; layers that are stored alike stay one object. */
export const storedShape = (shape: Omit<ModelShape, 'stored'>, quantization: Quantization): ModelShape => {
  const { stored } = quantization
  if (stored.precision === 'bf16') return { ...shape, stored }
  const formatsOf = (weights: readonly Weight[], namesOf: (module: string) => readonly string[]) =>
    weights.map((weight) => quantization.formatOf(weight, namesOf(weight.module)))
  const marked = (weights: readonly Weight[], formats: ReturnType<typeof formatsOf>) =>
    weights.map((weight, i) => {
      const format = formats[i] ?? null
      return format === null ? weight : { ...weight, format }
    })
  const known = new Map<LayerShape, Map<string, LayerShape>>()
  const layerAt = (layer: LayerShape, i: number): LayerShape => {
    const stored = known.get(layer) ?? new Map<string, LayerShape>()
    known.set(layer, stored)
    const only = quantization.byLayer ? undefined : stored.values().next().value
    if (only) return only
    const formats = formatsOf(layer.weights, (module) => [`layers.${i}.${module}`])
    const key = formats.map((format) => format?.bitsPerWeight ?? '').join()
    const made = stored.get(key) ?? { ...layer, weights: marked(layer.weights, formats) }
    stored.set(key, made)
    return made
  }
  const outer = (weights: readonly Weight[]) =>
    marked(
      weights,
      formatsOf(weights, (module) => [module]),
    )
  const first = shape.layers.length
  return {
    ...shape,
    layers: shape.layers.map(layerAt),
    outside: outer(shape.outside),
    vision: outer(shape.vision),
    prediction: shape.prediction.map((layer, i) => ({
      ...layer,
      weights: marked(
        layer.weights,
        formatsOf(layer.weights, (module) => [`layers.${first + i}.${module}`, `mtp.layers.${i}.${module}`]),
      ),
    })),
    stored,
  }
}
