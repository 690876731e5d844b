// Layers with which a model drafts its own next tokens (multi-token prediction, arXiv 2412.19437 section 2.2).

import type { LayerShape } from '../model-shape.js'
import type { Fields } from './fields.js'
import { nemotronLayer, nemotronParts } from './mixed-layers.js'
import type { Basics } from './standard-layers.js'
import { matrix, vector } from './weights.js'

/** Each is one more layer like the last one, and a matrix that joins it to the embedding of the next token. */
export const predictionLayers = (
  f: Fields,
  basics: Basics,
  layers: readonly LayerShape[],
): readonly LayerShape[] => {
  const { hidden } = basics
  const count = f.number('num_nextn_predict_layers', 'mtp_num_hidden_layers') ?? 0
  const last = layers.at(-1)
  if (count <= 0 || last === undefined) return []
  const named = nemotronParts(f, 'mtp_hybrid_override_pattern', 'mtp_layers_block_type')
  const parts = named === null ? [last] : named.map((part) => nemotronLayer(f, basics, part))
  const joining = [
    ...matrix('prediction', 'eh_proj', [hidden, 2 * hidden]),
    vector('prediction', 'norms', 3 * hidden),
  ]
  const layer: LayerShape = {
    weights: [
      ...parts
        .flatMap(({ weights }) => weights)
        .map((weight) => ({ ...weight, component: 'prediction' as const })),
      ...joining,
    ],
    caches: parts.flatMap(({ caches }) => caches),
  }
  return Array.from({ length: count }, () => layer)
}
