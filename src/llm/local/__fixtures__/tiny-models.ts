// Llama models of less than two megabytes, made on the spot: one with random weights, whose answers depend on every
// token of the prompt, and one that says what a test wrote, each token following from the one before it.

import { createRandom } from '../../../core/index.js'
import { type GgufTensor, type GgufValue, ggufFile } from './gguf-file.js'

/** A vocabulary in which every byte has a token, with whole pieces of text beside them. */
interface Vocabulary {
  readonly tokens: readonly string[]
  readonly types: readonly number[]
  idOf(piece: string): number
}

const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, byte: 6 } as const
const endOfTurn = '<|im_end|>'
export const startOfTurn = '<|im_start|>'

const createVocabulary = (pieces: readonly string[]): Vocabulary => {
  const entries: (readonly [string, number])[] = [
    ['<unk>', tokenType.unknown],
    [startOfTurn, tokenType.control],
    [endOfTurn, tokenType.control],
    ...Array.from({ length: 256 }, (_, byte) => [byteToken(byte), tokenType.byte] as const),
    ['\u2581', tokenType.normal],
    ...pieces.map((piece) => [piece, tokenType.userDefined] as const),
  ]
  const tokens = entries.map(([token]) => token)
  return { tokens, types: entries.map(([, kind]) => kind), idOf: (piece) => tokens.indexOf(piece) }
}

export const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`

interface Shape {
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly keyHeads: number
  readonly inner: number
  readonly contextLength: number
}

const headWidth = 32

/** Turns, each with its role; what is said last stands at the end of the prompt. */
export const plainTemplate = `{% for message in messages %}${startOfTurn}{{ message['role'] }}: {{ message['content'] }}{% endfor %}`
/** The same with an answer to open. */
const turnTemplate = `{% for message in messages %}${startOfTurn}{{ message['role'] }}\n{{ message['content'] }}${endOfTurn}\n{% endfor %}{% if add_generation_prompt %}${startOfTurn}assistant\n{% endif %}`

const metadataOf = (
  vocabulary: Vocabulary,
  { shape, template }: { shape: Shape; template: string | undefined },
): Record<string, GgufValue> => ({
  'general.architecture': 'llama',
  'general.name': 'tiny',
  'llama.context_length': { u32: shape.contextLength },
  'llama.embedding_length': { u32: shape.width },
  'llama.block_count': { u32: shape.layers },
  'llama.feed_forward_length': { u32: shape.inner },
  'llama.attention.head_count': { u32: shape.heads },
  'llama.attention.head_count_kv': { u32: shape.keyHeads },
  'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
  'llama.attention.key_length': { u32: headWidth },
  'llama.attention.value_length': { u32: headWidth },
  'llama.rope.dimension_count': { u32: headWidth },
  'llama.vocab_size': { u32: vocabulary.tokens.length },
  'tokenizer.ggml.model': 'llama',
  'tokenizer.ggml.tokens': { strings: vocabulary.tokens },
  'tokenizer.ggml.scores': { f32s: vocabulary.tokens.map(() => 0) },
  'tokenizer.ggml.token_type': { i32s: vocabulary.types },
  'tokenizer.ggml.unknown_token_id': { u32: 0 },
  'tokenizer.ggml.bos_token_id': { u32: 1 },
  'tokenizer.ggml.eos_token_id': { u32: 2 },
  'tokenizer.ggml.add_bos_token': false,
  'tokenizer.ggml.add_space_prefix': false,
  ...(template !== undefined && { 'tokenizer.chat_template': template }),
})

type Weights = (name: string, shape: readonly number[]) => Float32Array

const tensorsOf = (vocabulary: Vocabulary, shape: Shape, weights: Weights): GgufTensor[] => {
  const { width, inner, layers } = shape
  const tensor = (name: string, ...dimensions: number[]): GgufTensor => ({
    name: `${name}.weight`,
    shape: dimensions,
    values: weights(name, dimensions),
  })
  const keys = shape.keyHeads * headWidth
  return [
    tensor('token_embd', width, vocabulary.tokens.length),
    tensor('output_norm', width),
    tensor('output', width, vocabulary.tokens.length),
    ...Array.from({ length: layers }, (_, i) => `blk.${i}`).flatMap((block) => [
      tensor(`${block}.attn_norm`, width),
      tensor(`${block}.attn_q`, width, shape.heads * headWidth),
      tensor(`${block}.attn_k`, width, keys),
      tensor(`${block}.attn_v`, width, keys),
      tensor(`${block}.attn_output`, shape.heads * headWidth, width),
      tensor(`${block}.ffn_norm`, width),
      tensor(`${block}.ffn_gate`, width, inner),
      tensor(`${block}.ffn_up`, width, inner),
      tensor(`${block}.ffn_down`, inner, width),
    ]),
  ]
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1)
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
