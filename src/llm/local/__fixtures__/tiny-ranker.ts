// A BERT of a few thousand numbers with a classification head, made on the spot: the more words of the query stand in
// a document, the higher its score. Written out by hand, so that no weights need to be kept.

import { type GgufTensor, type GgufValue, ggufFile } from '../gguf-file.js'

const width = 32
const pieces = ['fee', 'card', 'loan', 'lost', 'branch', 'open', 'rate', 'bank']
const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const
const tokens = [...specials, ...pieces.map((piece) => `\u2581${piece}`)]
const idOf = (special: (typeof specials)[number]) => ({ u32: specials.indexOf(special) })

/** Where the [CLS] token has its one number, so that the size of every vector is about the same. */
const anchor = 30
/** Where the last layer adds up what the query and the document share. */
const shared = 31

export interface RankerOptions {
  readonly contextLength?: number
  /** Left out: a model for embeddings. */
  readonly hasHead?: boolean
}

export const rankerModel = ({ contextLength = 64, hasHead = true }: RankerOptions = {}): Buffer => {
  const metadata: Record<string, GgufValue> = {
    'general.architecture': 'bert',
    'general.name': 'tiny ranker',
    'bert.context_length': { u32: contextLength },
    'bert.embedding_length': { u32: width },
    'bert.block_count': { u32: 1 },
    'bert.feed_forward_length': { u32: width },
    'bert.attention.head_count': { u32: 1 },
    'bert.attention.layer_norm_epsilon': { f32: 1e-6 },
    'bert.attention.causal': false,
    // GGUF's numbers: 4 ranks, 2 takes the vector of [CLS].
    'bert.pooling_type': { u32: hasHead ? 4 : 2 },
    'tokenizer.ggml.model': 'bert',
    'tokenizer.ggml.token_type_count': { u32: 2 },
    'tokenizer.ggml.tokens': { strings: tokens },
    'tokenizer.ggml.scores': { f32s: tokens.map(() => 0) },
    'tokenizer.ggml.token_type': { i32s: tokens.map((_, token) => (token < specials.length ? 3 : 1)) },
    'tokenizer.ggml.padding_token_id': idOf('[PAD]'),
    'tokenizer.ggml.unknown_token_id': idOf('[UNK]'),
    'tokenizer.ggml.bos_token_id': idOf('[CLS]'),
    'tokenizer.ggml.cls_token_id': idOf('[CLS]'),
    'tokenizer.ggml.seperator_token_id': idOf('[SEP]'),
  }
  return ggufFile(metadata, [...encoder(contextLength), ...(hasHead ? head : [])])
}

const tensor = (name: string, shape: readonly number[], entries: readonly Entry[] = []): GgufTensor => {
  const [row = 1, rows = 1] = shape
  const values = new Float32Array(row * rows)
  for (const [from, to, value] of entries) values[to * row + from] = value
  return { name, shape, values }
}

/** What number of the input goes to what number of the output, times what. */
type Entry = readonly [from: number, to: number, value: number]

const filled = (name: string, size: number, value: number): GgufTensor => ({
  name,
  shape: [size],
  values: new Float32Array(size).fill(value),
})
const norm = (name: string) => [filled(`${name}.weight`, width, 1), filled(`${name}.bias`, width, 0)]
const square = (name: string, entries: readonly Entry[] = []) => tensor(name, [width, width], entries)

const words = pieces.map((_, i) => i)
const copied = words.map((i): Entry => [i, i, 1])

const encoder = (contextLength: number): readonly GgufTensor[] => [
  // Each word has a number of its own.
  tensor(
    'token_embd.weight',
    [width, tokens.length],
    [...words.map((i): Entry => [i, specials.length + i, 1]), [anchor, specials.indexOf('[CLS]'), 1]],
  ),
  tensor('token_types.weight', [width, 2]),
  tensor('position_embd.weight', [width, contextLength]),
  ...norm('token_embd_norm'),
  // Every token looks at all of them alike: [CLS] sees how often each word occurs.
  square('blk.0.attn_q.weight'),
  square('blk.0.attn_k.weight'),
  square('blk.0.attn_v.weight', copied),
  square('blk.0.attn_output.weight', copied),
  ...norm('blk.0.attn_output_norm'),
  // A word counts from its second occurrence on.
  square(
    'blk.0.ffn_up.weight',
    words.map((i): Entry => [i, i, 4]),
  ),
  filled('blk.0.ffn_up.bias', width, -4),
  square(
    'blk.0.ffn_down.weight',
    words.map((i): Entry => [i, shared, 1]),
  ),
  ...norm('blk.0.layer_output_norm'),
]

const head: readonly GgufTensor[] = [
  tensor('cls.output.weight', [width, 1], [[shared, 0, 1]]),
  filled('cls.output.bias', 1, -1),
]
