// Llama models of less than two megabytes, made on the spot: one with random weights, whose answers depend on every
// token of the prompt, and one that says what a test wrote, each token following from the one before it.

import { createRandom } from '../../../core/index.js'
import { type GgufTensor, ggufFile } from '../gguf-file.js'
import {
  byteToken,
  createVocabulary,
  endOfTurn,
  metadataOf,
  plainTemplate,
  type Shape,
  sizeOf,
  tensorsOf,
  turnTemplate,
  type Weights,
} from '../llama-file.js'

const filled = (shape: readonly number[], value: () => number) =>
  Float32Array.from({ length: sizeOf(shape) }, value)

const randomShape: Shape = { width: 64, layers: 2, heads: 2, keyHeads: 1, inner: 128, contextLength: 4096 }

export interface RandomModelOptions {
  readonly seed?: number
  readonly contextLength?: number
  /** Left out: a model without a chat template. */
  readonly hasTemplate?: boolean
  readonly architecture?: string
}

export const randomModel = (options: RandomModelOptions = {}): Buffer => {
  const random = createRandom(options.seed ?? 1)
  const vocabulary = createVocabulary([])
  const shape = { ...randomShape, contextLength: options.contextLength ?? randomShape.contextLength }
  const weights: Weights = (name, dimensions) =>
    name.endsWith('norm')
      ? filled(dimensions, () => 1)
      : filled(dimensions, () => random.normal() * (name === 'output' ? 0.6 : 0.25))
  const metadata = metadataOf(vocabulary, {
    shape,
    template: options.hasTemplate === false ? undefined : turnTemplate,
  })
  return ggufFile(
    { ...metadata, 'general.architecture': options.architecture ?? 'llama' },
    tensorsOf(vocabulary, shape, weights),
  )
}

/** A LoRA adapter for `randomModel`. */
export const randomAdapter = (seed = 2): Buffer => {
  const random = createRandom(seed)
  const rank = 4
  const { inner, width } = randomShape
  const part = (name: string, shape: readonly number[]): GgufTensor => ({
    name: `blk.1.ffn_down.weight.${name}`,
    shape,
    values: filled(shape, () => random.normal()),
  })
  return ggufFile(
    {
      'general.type': 'adapter',
      'general.architecture': 'llama',
      'adapter.type': 'lora',
      'adapter.lora.alpha': { f32: 8 },
    },
    [part('lora_a', [inner, rank]), part('lora_b', [rank, width])],
  )
}

/** What follows a cue, piece by piece; a piece is a token. An answer that ends with its own cue never ends. */
export type Script = Readonly<Record<string, readonly string[]>>

const sayingWidth = 320

/**
 * A model that says what its script wants after a prompt that ends with a cue. No piece may have two successors.
 * @param byteScript answers in single bytes
 */
export const sayingModel = (
  script: Script,
  byteScript: Readonly<Record<string, readonly number[]>> = {},
): Buffer => {
  const byteAnswers = Object.entries(byteScript).map(([cue, bytes]) => [cue, bytes.map(byteToken)] as const)
  const pieces = new Set([...Object.entries(script).flat(2), ...Object.keys(byteScript)])
  const vocabulary = createVocabulary([...pieces])
  const next = new Map<number, number>()
  for (const [cue, answer] of [...Object.entries(script), ...byteAnswers]) {
    const chain = [cue, ...answer, endOfTurn].map(vocabulary.idOf)
    for (const [i, token] of chain.slice(0, -1).entries())
      if (!next.has(token)) next.set(token, chain[i + 1] as number)
  }
  const shape: Shape = {
    width: sayingWidth,
    layers: 1,
    heads: 1,
    keyHeads: 1,
    inner: 32,
    contextLength: 65_536,
  }
  if (vocabulary.tokens.length > sayingWidth) throw new Error('more pieces than this model has dimensions')
  const weights: Weights = (name, dimensions) => {
    if (name.endsWith('norm')) return filled(dimensions, () => 1)
    const values = new Float32Array(sizeOf(dimensions))
    // Every token has a dimension of its own, and the output reads off its successor.
    const lines = vocabulary.tokens.keys()
    if (name === 'token_embd') for (const token of lines) values[token * sayingWidth + token] = 1
    if (name === 'output')
      for (const token of lines) values[(next.get(token) ?? 2) * sayingWidth + token] = 0.7
    return values
  }
  return ggufFile(
    metadataOf(vocabulary, { shape, template: plainTemplate }),
    tensorsOf(vocabulary, shape, weights),
  )
}
