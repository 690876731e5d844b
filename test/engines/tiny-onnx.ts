// Models of a few hundred numbers in the form of transformers.js: each known word has a vector of its own, and words
// of two languages that mean the same share it. Written byte by byte, so that no weights need to be kept.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const tinyDimensions = 8
/** Tokens of a text, or of a pair. */
export const tinyContext = 64

/** Words of one meaning, on one line each. */
const meanings = [
  ['[PAD]'],
  ['[UNK]'],
  ['query:', '查詢'],
  ['fee', 'charge', '手續費'],
  ['card', '卡片'],
  ['loan', '貸款'],
  ['lost', '遺失'],
]

const vectorOf = (meaning: number): number[] =>
  Array.from({ length: tinyDimensions }, (_, i) => (i === meaning % tinyDimensions ? 1 : 0.01))

/** Writes `folder/NAME`: configuration, tokenizer, and onnx/model.onnx. */
export const writeTinyModel = (folder: string, name: string): void =>
  writeModel(join(folder, name), {
    architecture: 'BertModel',
    rows: meanings,
    postProcessor: null,
    graph: (rows) =>
      embeddingGraph(
        rows.map((meaning) => (meaning < 2 ? new Array<number>(tinyDimensions).fill(0) : vectorOf(meaning))),
      ),
  })

/**
 * Writes a cross-encoder: the more meanings the second text shares with the first, the higher its score.
 * @param outputs how many numbers it says of a pair; of two, the second is `relevant`
 */
export const writeTinyRanker = (folder: string, name: string, outputs: 1 | 2 | 3): void =>
  writeModel(join(folder, name), {
    architecture: 'BertForSequenceClassification',
    rows: [...meanings, ['[CLS]'], ['[SEP]']],
    postProcessor: pairTemplate(meanings.flat().length),
    graph: (rows) =>
      rankGraph(
        rows.map((meaning) => countedMeanings.map((counted) => (counted === meaning ? 1 : 0))),
        outputs,
      ),
  })

/** Words, and the [SEP] at the end of each text: a pair that lacks its last one scores lower. */
const countedMeanings = [...meanings.keys()].slice(2).concat(meanings.length + 1)

interface TinyModel {
  readonly architecture: string
  /** Words of one meaning, on one line each. */
  readonly rows: readonly (readonly string[])[]
  readonly postProcessor: object | null
  /** ONNX, from the meaning of each word of the vocabulary. */
  readonly graph: (meanings: readonly number[]) => Buffer
}

const writeModel = (home: string, { architecture, rows, postProcessor, graph }: TinyModel): void => {
  const words = rows.flatMap((row, meaning) => row.map((word) => ({ word, meaning })))
  mkdirSync(join(home, 'onnx'), { recursive: true })
  const json = (file: string, value: unknown) => writeFileSync(join(home, file), JSON.stringify(value))
  json('config.json', { model_type: 'bert', architectures: [architecture], hidden_size: tinyDimensions })
  json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    model_max_length: tinyContext,
  })
  json('tokenizer.json', {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: postProcessor,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map(({ word }, i) => [word, i])),
    },
  })
  writeFileSync(join(home, 'onnx', 'model.onnx'), graph(words.map(({ meaning }) => meaning)))
}

/** `[CLS] A [SEP] B [SEP]`, the second text and what follows it of the type 1. @param cls id of [CLS] */
const pairTemplate = (cls: number) => {
  const special = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } })
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } })
  const single = [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)]
  const token = (id: string, number: number) => ({ id, ids: [number], tokens: [id] })
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, text('B', 1), special('[SEP]', 1)],
    special_tokens: { '[CLS]': token('[CLS]', cls), '[SEP]': token('[SEP]', cls + 1) },
  }
}

// Protocol buffers, as far as one graph needs them (https://protobuf.dev/programming-guides/encoding).

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}
const int = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])
const bytes = (field: number, value: Buffer) =>
  Buffer.concat([varint(field * 8 + 2), varint(value.length), value])
const text = (field: number, value: string) => bytes(field, Buffer.from(value))
const message = (field: number, ...parts: readonly Buffer[]) => bytes(field, Buffer.concat(parts))

const float32 = 1
const int64 = 7

/** A ValueInfoProto; its shape is [batch, sequence] and whatever follows. */
const tensor = (field: number, name: string, type: number, ...sizes: readonly number[]) => {
  const shape = [
    message(1, text(2, 'batch')),
    message(1, text(2, 'sequence')),
    ...sizes.map((size) => message(1, int(1, size))),
  ]
  return message(field, text(1, name), message(2, message(1, int(1, type), message(2, ...shape))))
}

const node = (
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Buffer[] = [],
) =>
  message(
    1,
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, operator),
    ...attributes.map((attribute) => bytes(5, attribute)),
  )
/** An AttributeProto of a whole number. */
const whole = (name: string, value: number) => Buffer.concat([text(1, name), int(3, value), int(20, 2)])

/** A TensorProto among the graph's own. */
const constant = (name: string, values: Float32Array | BigInt64Array, ...sizes: readonly number[]) =>
  message(
    5,
    ...sizes.map((size) => int(1, size)),
    int(2, values instanceof Float32Array ? float32 : int64),
    text(8, name),
    bytes(9, Buffer.from(values.buffer)),
  )

const tableOf = (rows: readonly (readonly number[])[]) =>
  constant('table', Float32Array.from(rows.flat()), rows.length, rows[0]?.length ?? 0)

/** A ModelProto (onnx.proto of ONNX, IR version 8, operator set 13). */
const model = (...graph: readonly Buffer[]): Buffer =>
  Buffer.concat([int(1, 8), message(7, text(2, 'tiny'), ...graph), message(8, text(1, ''), int(2, 13))])

/** `last_hidden_state = table[input_ids]` */
const embeddingGraph = (table: readonly (readonly number[])[]): Buffer =>
  model(
    node('Gather', ['table', 'input_ids'], 'last_hidden_state'),
    tableOf(table),
    tensor(11, 'input_ids', int64),
    tensor(11, 'attention_mask', int64),
    tensor(12, 'last_hidden_state', float32, tinyDimensions),
  )

/** `logits = shared * weights + bias`, where `shared` multiplies what each meaning counts in either text. */
const rankGraph = (table: readonly (readonly number[])[], outputs: 1 | 2 | 3): Buffer => {
  // Two outputs differ by what one output says: with [SEP] shared, twice the words shared, less one.
  const weights = { 1: [2], 2: [-1, 1], 3: [1, 1, 1] }[outputs]
  const bias = { 1: [-3], 2: [1.5, -1.5], 3: [0, 0, 0] }[outputs]
  const sum = (input: string, output: string, keeps: number) =>
    node('ReduceSum', [input, 'second'], output, [whole('keepdims', keeps)])
  return model(
    node('Gather', ['table', 'input_ids'], 'both'),
    node('Cast', ['token_type_ids'], 'type', [whole('to', float32)]),
    node('Unsqueeze', ['type', 'third'], 'of document'),
    node('Mul', ['both', 'of document'], 'document'),
    node('Sub', ['both', 'document'], 'query'),
    sum('document', 'document counts', 0),
    sum('query', 'query counts', 0),
    node('Mul', ['document counts', 'query counts'], 'products'),
    sum('products', 'shared', 1),
    node('MatMul', ['shared', 'weights'], 'weighted'),
    node('Add', ['weighted', 'bias'], 'logits'),
    tableOf(table),
    constant('second', BigInt64Array.of(1n), 1),
    constant('third', BigInt64Array.of(2n), 1),
    constant('weights', Float32Array.from(weights), 1, outputs),
    constant('bias', Float32Array.from(bias), outputs),
    tensor(11, 'input_ids', int64),
    tensor(11, 'attention_mask', int64),
    tensor(11, 'token_type_ids', int64),
    message(
      12,
      text(1, 'logits'),
      message(
        2,
        message(1, int(1, float32), message(2, message(1, text(2, 'batch')), message(1, int(1, outputs)))),
      ),
    ),
  )
}
