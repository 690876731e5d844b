// Whether a layout would cut through the blocks that a checkpoint's weights share their scales in, which engines refuse
// when they load it. Knows no memory, no accelerator and no price.

import type { EngineName, LayerShape, Model, Precision, Weight } from '../../catalog/index.js'
import { expertWidth, type Sharding } from './sharding.js'

export interface UnevenBlock {
  /** As the checkpoint names it. */
  readonly module: string
  /** Rows or columns of the part that one accelerator would hold. */
  readonly width: number
  readonly blockWidth: number
}

export interface ServedBlocks {
  readonly precision: Precision
  readonly sharding: Sharding
  /** Of fp8 weights of which nothing but their precision is known. */
  readonly assumedWidth?: number
}

/**
 * Engines that stop with `... is not divisible by weight quantization block_n`: vLLM in every release that reads such
 * checkpoints (issues 17569, 52997 and 58152, 2025-05 to 2026-09), SGLang too (issue 3345; 0.5.10 still does). What the
 * others do is not published.
 */
const refusingEngines: readonly EngineName[] = ['vllm', 'sglang']

/**
 * Models whose publisher pads the width of its own AWQ and GPTQ builds, so that groups are not cut: Qwen2-72B and
 * Qwen2.5-72B (29,568 to 29,696; config.json of Qwen/Qwen2.5-72B-Instruct-AWQ). Tools do not pad by themselves.
 */
const paddedBuilds = /^qwen\/qwen2(\.5)?(-math)?-72b/i

export const hasPaddedBuild = ({ name }: Model): boolean => paddedBuilds.test(name)

/** Of every published checkpoint in blocks so far. */
export const usualBlockWidth = 128

export const refusesUnevenBlocks = (engine: EngineName): boolean => refusingEngines.includes(engine)

/**
 * The first weight whose share of one accelerator is no multiple of the block, as vLLM's `validate_fp8_block_shape`
 * and `validate_fp8_block_shape_moe` ask; experts that stay whole are never cut.
 * Only fp8 is stored in blocks that are cut so; 4-bit integers share scales in groups of inputs, of which vLLM says that
 * "the input size is not aligned with the quantized weight shape" (issue 21695: 29,568 / 128 = 231 groups over two).
 * @returns null when no block is cut
 */
export const unevenBlock = (model: Model, { sharding, ...served }: ServedBlocks): UnevenBlock | null => {
  if (served.precision !== 'fp8' && served.precision !== 'int4') return null
  for (const layer of new Set(model.shape.layers))
    for (const weight of layer.weights) {
      const blockWidth = blockWidthOf(weight, model, served)
      if (blockWidth === undefined) continue
      if (served.precision === 'int4' && !isCutGroup(weight)) continue
      const width = cutWidth(weight, model, layer, sharding)
      if (width !== null && width % blockWidth !== 0) return { module: weight.module, width, blockWidth }
    }
  return null
}

/**
 * What engines that refuse cut blocks would meet for certain: blocks of the published checkpoint, or the groups of a
 * 4-bit build that no publisher padded.
 */
export const surelyCut = (
  model: Model,
  { precision, sharding }: Omit<ServedBlocks, 'assumedWidth'>,
): UnevenBlock | null =>
  precision === 'int4' && !hasPaddedBuild(model)
    ? unevenBlock(model, { precision, sharding, assumedWidth: usualBlockWidth })
    : unevenBlock(model, { precision, sharding })

/** Blocks are the published checkpoint's: quantized from another precision, weights have none but those assumed. */
const blockWidthOf = (
  { kind, format }: Weight,
  { shape: { stored } }: Model,
  { precision, assumedWidth }: Omit<ServedBlocks, 'sharding'>,
): number | undefined => {
  if (kind !== 'matrix') return undefined
  if (precision === stored.precision) return (format ?? stored.matrices).blockWidth
  return assumedWidth
}

/** Of the direction that is cut; null = the weight stays whole, or its model loads it in a way of its own. */
const cutWidth = (weight: Weight, model: Model, layer: LayerShape, sharding: Sharding): number | null => {
  const { split, rows, parameters, module } = weight
  if (split === 'experts') {
    if (sharding.expertParallel) return null
    const ways = expertWidth(sharding)
    return ways === 1 ? null : innerWidth(weight, model.experts) / ways
  }
  const { tensorParallel } = sharding
  if (tensorParallel === 1 || !isLoadedPlainly(weight)) return null
  if (split === 'tensor') return (isCutByInputs(module) ? parameters / rows : rows) / tensorParallel
  if (split !== 'kv-heads' || hasUnlikeHeads(layer)) return null
  return rows / Math.min(tensorParallel, weight.kvHeads ?? tensorParallel)
}

const innerWidth = ({ module, rows, parameters }: Weight, experts: number): number =>
  isCutByInputs(module) ? parameters / rows : rows / experts

/** Experts regroup their scales where a group would be cut (vLLM's `moe_wna16`). */
const isCutGroup = ({ split, module }: Weight): boolean => split === 'tensor' && isCutByInputs(module)

/** Row-parallel in the engines' words: each accelerator has all outputs of a part of the inputs. */
const isCutByInputs = (module: string): boolean => /(^|\.)(o_proj|out_proj|down_proj|w2)$/.test(module)

/** Other projections of attention (gates of heads, grouped outputs, linear attention) differ from model to model. */
const isLoadedPlainly = ({ component, module }: Weight): boolean =>
  component === 'attention'
    ? /(^|\.)(q|k|v|o|q_b|kv_b)_proj$/.test(module)
    : component === 'feed-forward' || component === 'shared-experts'

/** Keys and values of different width (MiMo-V2) are loaded past the check. */
const hasUnlikeHeads = ({ caches }: LayerShape): boolean =>
  caches.some((cache) => 'keyDim' in cache && 'valueDim' in cache && cache.keyDim !== cache.valueDim)
