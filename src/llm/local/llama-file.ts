// The layout of a Llama model's GGUF file around any weights, with a vocabulary in which every byte has a token. For
// models that are made on the spot: to measure a machine by, and to test with.

import type { GgufTensor, GgufValue } from './gguf-file.js'

/** A vocabulary in which every byte has a token, with whole pieces of text beside them. */
export interface Vocabulary {
  readonly tokens: readonly string[]
  readonly types: readonly number[]
  idOf(piece: string): number
}

const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, byte: 6 } as const
export const endOfTurn = '<|im_end|>'
export const startOfTurn = '<|im_start|>'

export const createVocabulary = (pieces: readonly string[]): Vocabulary => {
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

export interface Shape {
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
export const turnTemplate = `{% for message in messages %}${startOfTurn}{{ message['role'] }}\n{{ message['content'] }}${endOfTurn}\n{% endfor %}{% if add_generation_prompt %}${startOfTurn}assistant\n{% endif %}`

export const metadataOf = (
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

export type Weights = (name: string, shape: readonly number[]) => GgufTensor['values']

export const tensorsOf = (vocabulary: Vocabulary, shape: Shape, weights: Weights): GgufTensor[] => {
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

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)
