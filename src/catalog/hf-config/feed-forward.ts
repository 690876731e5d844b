// Weights of feed-forward parts: dense, or experts behind a router. Knows no file and no other part of a layer.

import type { Component, Split, Weight } from '../model-shape.js'
import { matrix, vector } from './weights.js'

interface Matrices {
  readonly component: Component
  readonly prefix: string
  readonly hidden: number
  readonly width: number
  /** Three matrices (gate, up, down) instead of two. Default true. */
  readonly gated?: boolean
  readonly bias?: boolean
  readonly count?: number
  readonly split?: Split
}

const matrices = (shape: Matrices): readonly Weight[] => {
  const { component, prefix, hidden, width, gated = true, bias = false, count = 1 } = shape
  const options = { split: shape.split ?? 'tensor', count, bias }
  return [
    ...(gated ? matrix(component, `${prefix}.gate_proj`, [width, hidden], options) : []),
    ...matrix(component, `${prefix}.up_proj`, [width, hidden], options),
    ...matrix(component, `${prefix}.down_proj`, [hidden, width], options),
  ]
}

export interface DenseFeedForward {
  readonly hidden: number
  readonly width: number
  readonly gated?: boolean
  readonly bias?: boolean
  readonly prefix?: string
}

export const denseFeedForward = (shape: DenseFeedForward): readonly Weight[] =>
  matrices({ component: 'feed-forward', prefix: 'mlp', ...shape })

export interface Experts {
  readonly hidden: number
  readonly experts: number
  readonly width: number
  /** Width of what the experts read and write; default `hidden`. */
  readonly latent?: number | null
  /** Width of all shared experts together; 0 = none. */
  readonly sharedWidth?: number
  /** Shared experts are weighed by a gate of their own. */
  readonly sharedGate?: boolean
  readonly gated?: boolean
  readonly bias?: boolean
  /** The router's correction of loads: one value an expert. */
  readonly correction?: boolean
  readonly prefix?: string
}

export const expertLayer = (shape: Experts): readonly Weight[] => {
  const { hidden, experts, width, latent, sharedWidth = 0, gated = true, prefix = 'mlp' } = shape
  const bias = shape.bias ?? false
  const whole = { split: 'replicated' } as const
  return [
    ...matrix('router', `${prefix}.gate`, [experts, hidden], { ...whole, bias }),
    ...(shape.correction ? [vector('router', `${prefix}.gate.e_score_correction_bias`, experts)] : []),
    ...(latent
      ? [
          ...matrix('router', `${prefix}.fc1_latent_proj`, [latent, hidden], whole),
          ...matrix('router', `${prefix}.fc2_latent_proj`, [hidden, latent], whole),
        ]
      : []),
    ...matrices({
      component: 'experts',
      prefix: `${prefix}.experts`,
      hidden: latent ?? hidden,
      width,
      gated,
      bias,
      count: experts,
      split: 'experts',
    }),
    ...(sharedWidth > 0
      ? matrices({
          component: 'shared-experts',
          prefix: `${prefix}.shared_experts`,
          hidden,
          width: sharedWidth,
          gated,
        })
      : []),
    ...(shape.sharedGate ? matrix('shared-experts', `${prefix}.shared_expert_gate`, [1, hidden], whole) : []),
  ]
}
