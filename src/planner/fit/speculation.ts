// What drafting tokens ahead costs in memory and brings in speed.

import type { Model } from '../../catalog/index.js'
import type { Speculation } from './fit-request.js'

export interface DraftCost {
  /** The model's own drafting layers are loaded. */
  readonly prediction: boolean
  /** Layers of the drafter that keep a cache. */
  readonly layers: number
  /** Weights of a drafter that is not part of the model, on each accelerator. */
  readonly bytes: number
}

const none: DraftCost = { prediction: false, layers: 0, bytes: 0 }

/** MTP takes the layers that come with the model; EAGLE one layer of the model's width and a matrix that joins two. */
export const draftCost = (
  model: Model,
  speculation: Speculation | null,
  tensorParallel: number,
): DraftCost => {
  if (!speculation) return none
  const method = speculation.method.toLowerCase()
  if (method.includes('ngram') || method.includes('suffix')) return none
  if (method.includes('mtp') || method.includes('nextn'))
    return { prediction: true, layers: Math.max(1, model.shape.prediction.length), bytes: 0 }
  const inner = model.feedForward ?? 4 * model.hidden
  const attention = 2 * model.hidden * (model.heads + model.kvHeads) * model.headDim
  const layer = 3 * model.hidden * inner + attention + 2 * model.hidden ** 2
  return { prediction: false, layers: 1, bytes: (layer * 2) / tensorParallel }
}

/**
 * Tokens that one verified step yields on average: (1 - a^(n+1)) / (1 - a) for n drafted tokens that are each accepted
 * with chance a (Leviathan et al. 2023, equation 1).
 */
export const tokensPerStep = (tokens: number, acceptance: number): number =>
  acceptance >= 1 ? tokens + 1 : (1 - acceptance ** (tokens + 1)) / (1 - acceptance)
