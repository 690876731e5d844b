import { expect, it } from 'vitest'
import { createOnnxModels } from './onnx.js'
import type { PairInputs, TransformersLibrary } from './onnx-library.js'

/** Ids of a text are its letters' codes; 1 opens it and 2 closes it, as [CLS] and [SEP] do; 0 fills up. */
const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0))

const paired = (queries: readonly string[], options: object): PairInputs => {
  const { text_pair: documents, max_length: limit } = options as { text_pair: string[]; max_length: number }
  const rows = queries.map((query, i) =>
    [1, ...letters(query), 2, ...letters(documents[i] ?? ''), 2].slice(0, limit),
  )
  const width = Math.max(...rows.map(({ length }) => length))
  const filled = (value: (id: number | undefined) => number) =>
    BigInt64Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, i) => BigInt(value(row[i])))))
  return {
    input_ids: { data: filled((id) => id ?? 0), dims: [rows.length, width] },
    attention_mask: { data: filled((id) => (id === undefined ? 0 : 1)) },
  }
}

interface Behaviour {
  readonly config?: object
  /** What the model says of each pair of a batch. */
  readonly logits?: (pairs: number) => number[][] | undefined
  readonly onBatch?: () => void
}

const start = ({ config = {}, logits = (pairs) => Array(pairs).fill([0]), onBatch }: Behaviour = {}) => {
  const batches: (readonly number[])[][] = []
  const opened: string[] = []
  const gone = new AbortController()
  const env: TransformersLibrary['env'] = {
    allowRemoteModels: true,
    allowLocalModels: false,
    localModelPath: '',
    cacheDir: '/cache',
  }
  const library: TransformersLibrary = {
    env,
    pipeline: () => Promise.reject(new Error('not asked')),
    AutoTokenizer: {
      from_pretrained: async () => {
        opened.push(env.localModelPath)
        // Whoever else opens a model meanwhile would change where this one is looked for.
        await new Promise((resolve) => setImmediate(resolve))
        return Object.assign(paired, {
          encode: (text: string, options?: { add_special_tokens: boolean }) =>
            options ? letters(text) : [1, ...letters(text), 2],
          model_max_length: 32,
        })
      },
    },
    AutoModelForSequenceClassification: {
      from_pretrained: async () => {
        opened.push(env.localModelPath)
        const classify = async ({ input_ids: { data, dims } }: PairInputs) => {
          const [rows = 0, width = 0] = dims
          const ids = [...data].map(Number)
          batches.push(Array.from({ length: rows }, (_, i) => ids.slice(i * width, (i + 1) * width)))
          onBatch?.()
          const said = logits(rows)
          return said ? { logits: { tolist: () => said } } : {}
        }
        return Object.assign(classify, { config, dispose: async () => {} })
      },
    },
  }
  const models = createOnnxModels(async () => library)
  const rank = (documents: readonly string[], changes: object = {}, query = 'q') => {
    const model = { library: '/l', models: '/m', model: 'judge', dtype: 'q8', contextLength: 512, ...changes }
    return models.rank(model, { query, documents, signal: gone.signal })
  }
  return { rank, batches, opened, env, gone }
}

it('asks no hub', async () => {
  const { rank, env } = start()
  await rank(['a'])
  expect(env).toEqual({
    allowRemoteModels: false,
    allowLocalModels: true,
    localModelPath: '/m',
    cacheDir: null,
  })
})

it('opens one folder after the other, each once', async () => {
  const { rank, opened } = start()
  await Promise.all([rank(['a']), rank(['a'], { models: '/other' }), rank(['a'])])
  expect(opened).toEqual(['/m', '/m', '/other', '/other'])
})

it('scores in batches, and counts every token but those that fill up', async () => {
  const { rank, batches } = start()
  const { scores, inputTokens } = await rank([...Array<string>(8).fill('ab'), 'a'])
  expect(scores).toEqual(Array(9).fill(0.5))
  expect(batches.map(({ length }) => length)).toEqual([8, 1])
  expect(inputTokens).toBe(8 * 6 + 5)
})

it.each([
  ['the tokenizer', 32, {}, {}],
  ['the positions of the model', 16, { config: { max_position_embeddings: 16 } }, {}],
  [
    'the positions of a RoBERTa',
    16,
    { config: { model_type: 'xlm-roberta', max_position_embeddings: 18 } },
    {},
  ],
  ['the deployment', 12, {}, { contextLength: 12 }],
])('cuts a document at the limit of %s, and closes the pair', async (_what, limit, behaviour, changes) => {
  const { rank, batches } = start(behaviour)
  const fits = 'b'.repeat(limit - 4)
  const { inputTokens } = await rank(['c'.repeat(100), fits, 'd'], changes)
  const [long = [], exact = [], short = []] = batches[0] ?? []
  expect(long).toEqual([1, ...letters('q'), 2, ...letters('c'.repeat(limit - 4)), 2])
  expect(exact).toEqual([1, ...letters('q'), 2, ...letters(fits), 2])
  expect(short.slice(0, 6)).toEqual([1, ...letters('q'), 2, ...letters('d'), 2, 0])
  expect(inputTokens).toBe(2 * limit + 5)
})

it('refuses a query that leaves no room for a document', async () => {
  const { rank, batches } = start()
  await expect(rank(['a'], {}, 'q'.repeat(29))).rejects.toMatchObject({
    code: 'llm.query-too-long',
    params: { model: 'judge', tokens: 31, contextLength: 32 },
  })
  expect(batches).toEqual([])
  await rank(['abc'], {}, 'q'.repeat(28))
  expect(batches).toEqual([[[1, ...letters('q'.repeat(28)), 2, ...letters('a'), 2]]])
})

it('takes the second of two outputs for "relevant", as their softmax does', async () => {
  const { rank } = start({ logits: () => [[1, 3]] })
  const [score] = (await rank(['a'])).scores
  expect(score).toBeCloseTo(Math.exp(3) / (Math.exp(1) + Math.exp(3)))
})

it.each([
  ['three outputs', () => [[1, 2, 3]]],
  ['no logits', () => undefined],
  ['too few rows', () => []],
  ['what is no number', () => [[Number.NaN]]],
])('does not make a score of %s', async (_what, logits) => {
  await expect(start({ logits }).rank(['a'])).rejects.toMatchObject({ code: 'rag.onnx-not-ranker' })
})

it('stops between batches when it is given up', async () => {
  const { rank, batches, gone } = start({ onBatch: () => gone.abort(new Error('gone')) })
  await expect(rank(Array<string>(30).fill('a'))).rejects.toThrow('gone')
  expect(batches).toHaveLength(1)
})
