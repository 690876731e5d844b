// A model of a few hundred numbers in the form of transformers.js: each known word has a vector of its own, and words
// of two languages that mean the same share it. Written byte by byte, so that no weights need to be kept.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const tinyDimensions = 8

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
export const writeTinyModel = (folder: string, name: string): void => {
  const words = meanings.flatMap((row, meaning) => row.map((word) => ({ word, meaning })))
  const home = join(folder, name)
  mkdirSync(join(home, 'onnx'), { recursive: true })
  const json = (file: string, value: unknown) => writeFileSync(join(home, file), JSON.stringify(value))
  json('config.json', { model_type: 'bert', architectures: ['BertModel'], hidden_size: tinyDimensions })
  json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    model_max_length: 64,
  })
  json('tokenizer.json', {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map(({ word }, i) => [word, i])),
    },
  })
  const table = words.map(({ meaning }) =>
    meaning < 2 ? new Array<number>(tinyDimensions).fill(0) : vectorOf(meaning),
  )
  writeFileSync(join(home, 'onnx', 'model.onnx'), modelBytes(table))
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

/** `last_hidden_state = table[input_ids]` (onnx.proto of ONNX, IR version 8, operator set 13). */
const modelBytes = (table: readonly (readonly number[])[]): Buffer => {
  const raw = Buffer.from(Float32Array.from(table.flat()).buffer)
  const graph = message(
    7,
    message(1, text(1, 'table'), text(1, 'input_ids'), text(2, 'last_hidden_state'), text(4, 'Gather')),
    text(2, 'tiny'),
    message(
      5,
      int(1, table.length),
      int(1, tinyDimensions),
      int(2, float32),
      text(8, 'table'),
      bytes(9, raw),
    ),
    tensor(11, 'input_ids', int64),
    tensor(11, 'attention_mask', int64),
    tensor(12, 'last_hidden_state', float32, tinyDimensions),
  )
  return Buffer.concat([int(1, 8), graph, message(8, text(1, ''), int(2, 13))])
}
