// Layers that are alike are one object, so that sixty layers cost as much as two. Knows no layer.

import type { LayerShape } from '../model-shape.js'

/** @param make called once for each key, with the first layer that has it */
export const layersByKey = (
  length: number,
  keyOf: (i: number) => string,
  make: (i: number) => LayerShape,
): readonly LayerShape[] => {
  const made = new Map<string, LayerShape>()
  return Array.from({ length }, (_, i) => {
    const key = keyOf(i)
    const layer = made.get(key) ?? make(i)
    made.set(key, layer)
    return layer
  })
}
