// `bench retrieval` on small test sets, through the real command and the real index, and what it says when the
// embedder is broken in a way that only its ranking shows; `bench gateway` in its shortest form.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startVectorUpstream, type VectorUpstream } from '../../src/gateway/__fixtures__/vector-upstream.js'
import { runCommand, runJson } from './run-command.js'

const directory = mkdtempSync(join(tmpdir(), 'bench-'))
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
const write = (name: string, content: unknown) => {
  const path = join(directory, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const animals = 'otter heron badger lynx marten crane beaver weasel stoat bittern curlew plover'.split(' ')
const places = 'harbour quarry meadow glacier orchard lagoon'.split(' ')
const foods = 'acorns minnows clover'.split(' ')
const facts = animals.flatMap((animal, i) =>
  places.map((place, j) => ({ animal, place, food: foods[(i + j) % foods.length] ?? '' })),
)
/** Each question shares three words with its paragraph, and one or two with many others. */
const paragraphs = facts.map(({ animal, place, food }, i) => ({
  context: `Near the ${place} lives the ${animal}, who is seen eating ${food} at dawn.`,
  qas: [{ id: `q${i}`, question: `Which ${animal} of the ${place} eats ${food}?` }],
}))
const squad = write('squad.json', { data: [{ paragraphs }] })
const chinese = write('chinese.json', {
  data: [
    {
      paragraphs: paragraphs.map(({ qas }) => ({
        context: '無',
        qas: [{ ...qas[0], question: '牠在哪裡？' }],
      })),
    },
  ],
})

let upstream: VectorUpstream
beforeAll(async () => {
  upstream = await startVectorUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => {
  Object.assign(upstream.behaviour, { status: 200, isShuffled: false })
})

interface Metric {
  readonly name: string
  readonly value: number
  readonly low: number | null
  readonly high: number | null
  readonly n: number
}
const bench = async (...args: string[]) => {
  const { status, stdout, stderr } = await runCommand(['bench', 'retrieval', ...args, '--json'])
  const document = JSON.parse(stdout)
  const metrics = new Map<string, Metric>(
    (document.metrics ?? []).map((metric: Metric) => [metric.name, metric]),
  )
  return {
    status,
    stderr,
    document,
    figure: (name: string) => metrics.get(`retrieval.${name}`)?.value ?? Number.NaN,
  }
}
const withVectors = () => ['--embeddings', upstream.address, '--model', 'hashed', '--input-type']

describe('bench retrieval', { timeout: 180_000 }, () => {
  it('measures words, vectors and both, each with its interval', async () => {
    const { status, document, figure } = await bench('--dataset', squad, ...withVectors())
    expect(status).toBe(0)
    const names = ['lexical', 'dense', 'hybrid'].flatMap((arm) =>
      ['ndcg10', 'recall10', 'mrr10', 'p95Ms'].map((name) => `retrieval.${arm}.${name}`),
    )
    expect(document.metrics.map(({ name }: Metric) => name)).toEqual([
      ...names,
      'retrieval.hybrid.ndcg10OverBestArm',
    ])
    expect(document).toMatchObject({
      bench: 'retrieval',
      environment: {
        documents: facts.length,
        questions: facts.length,
        passages: facts.length,
        embeddings: 'hashed',
      },
    })
    for (const metric of document.metrics)
      expect(metric).toMatchObject({ n: facts.length, unit: expect.any(String), target: null, pass: null })
    for (const arm of ['lexical', 'dense', 'hybrid']) expect(figure(`${arm}.ndcg10`)).toBeGreaterThan(0.9)
    expect(figure('hybrid.p95Ms')).toBeGreaterThan(0)
    expect(upstream.calls.some(({ body }) => body.input_type === 'query')).toBe(true)
  })

  it('shows an embedder whose vectors are in the wrong order', async () => {
    upstream.behaviour.isShuffled = true
    const { figure } = await bench('--dataset', squad, ...withVectors())
    expect(figure('dense.ndcg10')).toBeLessThan(0.3)
    expect(figure('lexical.ndcg10')).toBeGreaterThan(0.9)
    expect(figure('hybrid.ndcg10OverBestArm')).toBeLessThan(0)
  })

  it('reads a BEIR folder, with grades and with documents that no question asks for', async () => {
    const folder = join(directory, 'beir')
    mkdirSync(join(folder, 'qrels'), { recursive: true })
    const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n')
    const documents = facts.map(({ animal, place, food }, i) => ({
      _id: `doc/${i}`,
      title: `The ${animal}`,
      text: `Of the ${place}, fond of ${food}.`,
    }))
    write('beir/corpus.jsonl', lines(documents))
    write(
      'beir/queries.jsonl',
      lines([
        { _id: '1', text: 'otter quarry' },
        { _id: '2', text: 'nobody judged this' },
      ]),
    )
    write('beir/qrels/test.tsv', 'query-id\tcorpus-id\tscore\n1\tdoc/1\t2\n1\tdoc/0\t1\n')
    const { status, document, figure } = await bench('--dataset', folder)
    expect(status).toBe(0)
    expect(document.environment).toMatchObject({ documents: facts.length, questions: 1, embeddings: null })
    expect(figure('lexical.ndcg10')).toBeGreaterThan(0.7)
    expect(document.metrics.map(({ name }: Metric) => name)).toEqual([
      'retrieval.lexical.ndcg10',
      'retrieval.lexical.recall10',
      'retrieval.lexical.mrr10',
      'retrieval.lexical.p95Ms',
    ])
  })

  it('takes the questions from another file', async () => {
    const { figure } = await bench('--dataset', squad, '--queries', chinese)
    expect(figure('lexical.ndcg10')).toBeLessThan(0.1)
  })

  it.each<[string, string[], string]>([
    ['no dataset', ['--dataset', join(directory, 'nothing')], 'verify.dataset-unknown'],
    [
      'questions of another dataset',
      ['--dataset', squad, '--queries', write('other.json', { data: [] })],
      'verify.dataset-unjudged',
    ],
    ['a file that is no test set', ['--dataset', write('list.json', '[]')], 'verify.squad-invalid'],
    [
      'an endpoint without a model',
      ['--dataset', squad, '--embeddings', 'http://127.0.0.1:9/v1'],
      'cli.bench-embeddings',
    ],
    [
      'an endpoint that is not there',
      ['--dataset', squad, '--embeddings', 'http://127.0.0.1:9/v1', '--model', 'm'],
      'llm.upstream-unreachable',
    ],
  ])('refuses %s', async (_what, args, code) => {
    const { status, document } = await bench(...args)
    expect([status, document.error.code]).toEqual([2, code])
  })

  it('prints a table for people, in either language', async () => {
    const { stdout } = await runCommand(['bench', 'retrieval', '--dataset', squad], 'zh-TW')
    expect(stdout).toMatch(/項目.*95 % 區間/)
    expect(stdout).toContain('retrieval.lexical.ndcg10')
  })

  it('names the file and the line that are wrong, and what belongs there', async () => {
    const folder = join(directory, 'broken-beir')
    mkdirSync(join(folder, 'qrels'), { recursive: true })
    const document = JSON.stringify({ _id: 'd', text: 'An otter.' })
    write('broken-beir/queries.jsonl', JSON.stringify({ _id: 'q', text: 'Otter?' }))
    write('broken-beir/qrels/test.tsv', 'query-id\tcorpus-id\tscore\nq\td\t1\n')
    for (const wrong of ['{"_id": "e", "te', '{"_id": "e"}', 'e,An heron.']) {
      write('broken-beir/corpus.jsonl', `${document}\n${wrong}\n`)
      const { status, stderr } = await runCommand(['bench', 'retrieval', '--dataset', folder])
      expect(status).toBe(2)
      expect(stderr).toContain(
        'corpus.jsonl, line 2: {"_id": "...", "title": "...", "text": "..."} is expected',
      )
      expect(stderr).not.toMatch(/SyntaxError|Invalid input|✖|undefined/)
    }
  })

  it.each([
    ['table.csv', 'id,text\n1,An otter.\n', 'it is not JSON'],
    ['other.json', '{"rows": []}', 'what is at data does not fit'],
    [
      'half.json',
      '{"data": [{"paragraphs": [{"qas": []}]}]}',
      'what is at data[0].paragraphs[0].context does',
    ],
  ])('says of %s that it is no SQuAD file, and what one looks like', async (name, content, why) => {
    const { status, stderr } = await runCommand(['bench', 'retrieval', '--dataset', write(name, content)])
    expect(status).toBe(2)
    expect(stderr).toContain(`${name} is no SQuAD file: ${why}`)
    expect(stderr).not.toMatch(/SyntaxError|Invalid input|✖/)
  })
})

describe('bench gateway', () => {
  it('measures the gateway as serve runs it, beside a bare proxy and a direct call', {
    timeout: 120_000,
  }, async () => {
    const load = ['--rounds', '1', '--seconds', '0.3', '--rate', '20', '--streams', '4']
    const { status, document } = await runJson('bench', 'gateway', ...load)
    expect(status).toBe(0)
    expect(document.bench).toBe('gateway')
    const metrics: { name: string; value: number }[] = document.metrics
    const figure = (name: string) => metrics.find((metric) => metric.name === `gateway.${name}`)?.value
    for (const mode of ['json', 'sse']) {
      expect(figure(`${mode}.gateway.requestsPerSecond`)).toBeGreaterThan(0)
      expect(figure(`${mode}.throughputRatioToDispatch`)).toBeGreaterThan(0)
    }
    for (const part of ['p50Ms', 'p99Ms', 'ttftP50Ms', 'ttftP99Ms'])
      expect(figure(`added.${part}`)).toEqual(expect.any(Number))
    for (const mode of ['observe', 'redact'])
      for (const language of ['en', 'zh'])
        expect(figure(`guards.${mode}.${language}.ttftP50Ms`)).toEqual(expect.any(Number))
    // 51 pieces at two milliseconds each, through a proxy that adds what it adds.
    expect(figure('paced.dispatchP50Ms')).toBeGreaterThanOrEqual(99)
  })

  it('says what is wrong with a peer', async () => {
    const { stderr, status } = await runCommand(['bench', 'gateway', '--peer', 'nowhere'])
    expect(status).toBe(2)
    expect(stderr).toContain('--peer: "nowhere" is not of the form NAME=URL')
  })
})
