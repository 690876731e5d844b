// Records come out the same wherever the pieces of the source end.

import { describe, expect, it } from 'vitest'
import type { Broken } from './broken.js'
import { sniffText, type TextKind } from './sniff-text.js'
import { createObjectSplitter } from './split-json.js'
import {
  createCsvSplitter,
  createLineSplitter,
  maxRecordLength,
  type Splitter,
  splitRecord,
} from './split-lines.js'

const run = <T>(
  make: (emit: (record: T, line: number) => void, broken: (what: Broken) => void) => Splitter,
  pieces: readonly string[],
) => {
  const records: [T, number][] = []
  const broken: Broken[] = []
  const splitter = make(
    (record, line) => records.push([record, line]),
    (what) => broken.push(what),
  )
  for (const piece of pieces) splitter.push(piece)
  splitter.end()
  return { records, broken }
}

/** The text cut once at every place, and into single characters. */
const cuts = (text: string): string[][] => [
  ...Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]),
  [...text],
]

describe('lines', () => {
  it('keep their numbers over empty lines and either line end, without a last one too', () => {
    for (const pieces of cuts('a\r\n\n  \nb\nc'))
      expect(run<string>(createLineSplitter, pieces)).toEqual({
        records: [
          ['a', 1],
          ['b', 4],
          ['c', 5],
        ],
        broken: [],
      })
  })

  it('without end are counted as broken instead of filling the memory', () => {
    const block = 'x'.repeat(maxRecordLength / 2)
    const { records, broken } = run<string>(createLineSplitter, [block, block, block, block, '\nnext\n'])
    expect(records).toEqual([['next', 2]])
    expect(broken).toEqual([{ line: 1, lines: 1, reason: 'too-long' }])
  })
})

describe('CSV', () => {
  const csv = (emit: (row: Record<string, string>, line: number) => void, broken: (what: Broken) => void) =>
    createCsvSplitter(',', emit, broken)

  it('takes quoted delimiters, quotes and line ends', () => {
    for (const pieces of cuts('a,"b ""x"""\n"1,2","line\nend"\n3,\n'))
      expect(run(csv, pieces)).toEqual({
        records: [
          [{ a: '1,2', 'b "x"': 'line\nend' }, 2],
          [{ a: '3', 'b "x"': '' }, 4],
        ],
        broken: [],
      })
  })

  it('counts records with another number of fields', () => {
    expect(run(csv, ['a,b\n1\n1,2,3\n4,5\n'])).toEqual({
      records: [[{ a: '4', b: '5' }, 4]],
      broken: [
        { line: 2, lines: 1, reason: 'fields' },
        { line: 3, lines: 1, reason: 'fields' },
      ],
    })
  })

  it('without an end of a quote are given up at the limit, in the time that reading them takes', () => {
    const line = 'a line of a log with a comma, and no quote\n'
    const lines = Math.ceil(maxRecordLength / line.length)
    const { records, broken } = run(csv, ['a,b\n"1,2\n', line.repeat(lines), '3,4\n'])
    expect(records).toEqual([[{ a: '3', b: '4' }, lines + 3]])
    expect(broken).toEqual([{ line: 2, lines: expect.any(Number), reason: 'too-long' }])
  })

  it.each([
    ['"a","b"', ['a', 'b']],
    ['"",', ['', '']],
    [',"x"', ['', 'x']],
    ['"a', null],
  ])('%j has the fields %j', (text, fields) => expect(splitRecord(text, ',')).toEqual(fields))
})

describe('objects in JSON', () => {
  const at =
    (depth: number) => (emit: (text: string, line: number) => void, broken: (what: Broken) => void) =>
      createObjectSplitter(depth, emit, broken)

  it.each([
    [0, '{"a":{"b":[{}]}}\n{"c":"}{\\"["}'],
    [1, '[{"a":{"b":[{}]}},\n{"c":"}{\\"["}]'],
    [2, '{"object":"page","data":[{"a":{"b":[{}]}},\n{"c":"}{\\"["}]}'],
  ])('are found at depth %i', (depth, text) => {
    for (const pieces of cuts(text)) {
      const { records, broken } = run<string>(at(depth), pieces)
      expect(records.map(([record, line]) => [JSON.parse(record), line])).toEqual([
        [{ a: { b: [{}] } }, 1],
        [{ c: '}{"[' }, 2],
      ])
      expect(broken).toEqual([])
    }
  })

  it('that are cut off are counted, with the line they begin on', () => {
    expect(run<string>(at(1), ['[{"a":1},\n{"b":\n2'])).toEqual({
      records: [['{"a":1}', 1]],
      broken: [{ line: 2, lines: 2, reason: 'cut-off' }],
    })
  })

  it('without end are counted as broken', () => {
    const block = 'x'.repeat(maxRecordLength / 2 + 1)
    const { records, broken } = run<string>(at(1), ['[{"a":"', block, block, '"},{"b":1}]'])
    expect(records).toEqual([['{"b":1}', 1]])
    expect(broken).toEqual([{ line: 1, lines: 1, reason: 'too-long' }])
  })
})

describe('the kind of a text', () => {
  const kinds: readonly [string, TextKind][] = [
    ['\uFEFF[{"a":1}]', { kind: 'objects', depth: 1 }],
    ['{"a":1}\n{"a":2}', { kind: 'lines' }],
    ['{"a":\n{"a":2}\n', { kind: 'lines' }],
    ['listening on :8000\n{"a":2}\n', { kind: 'lines' }],
    ['{\n "object": "page",\n "data": [\n', { kind: 'objects', depth: 2 }],
    ['{\n "object": "bucket",\n "start_time": 1,\n "results": [\n', { kind: 'objects', depth: 0 }],
    ['{\n "ts": 1,\n', { kind: 'objects', depth: 0 }],
    ['# HELP vllm:x y\n# TYPE vllm:x gauge\n', { kind: 'metrics' }],
    ['vllm:x{a="b"} 1.0\n', { kind: 'metrics' }],
    ['a;b,c;d\n', { kind: 'csv', delimiter: ';' }],
    ['a\tb\n', { kind: 'csv', delimiter: '\t' }],
    ['words', { kind: 'unknown' }],
  ]
  it.each(kinds)('%j', (text, kind) => expect(sniffText(text)).toEqual(kind))
})
