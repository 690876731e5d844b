// Ranking with llama.cpp, in a process of its own, with a tiny BERT that the test writes.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLocalProcesses, type LoadedModel, type LocalProcesses } from './__fixtures__/local-process.js'
import { randomAdapter, randomModel } from './__fixtures__/tiny-models.js'
import { rankerModel } from './__fixtures__/tiny-ranker.js'
import { createTextRanker } from './rank-texts.js'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const ranking = { ranks: true, sequences: 1 }
let processes: LocalProcesses
let ranker: LoadedModel

beforeAll(async () => {
  processes = await createLocalProcesses()
  ranker = processes.load(await processes.write('ranker.gguf', rankerModel()), ranking)
  await ranker.model.ready
})
afterAll(() => processes.close())

const rank = (query: string, documents: readonly string[]) => ranker.model.rank(query, documents)

describe('ranking', () => {
  it('scores each document by what it shares with the query, in the order of the documents', async () => {
    const { scores, tokens } = await rank('lost card', ['loan rate bank', 'card fee bank', 'lost card bank'])
    const [none = 0, some = 0, both = 0] = scores
    expect(both).toBeGreaterThan(some)
    expect(some).toBeGreaterThan(none)
    for (const score of scores) expect(score > 0 && score < 1).toBe(true)
    // [CLS] and two words and [SEP], and three of each document.
    expect(tokens).toBe(3 * 7)
    // It is the query that decides: another one, another order.
    const other = (await rank('loan bank', ['loan rate bank', 'card fee bank', 'lost card bank'])).scores
    expect(other[0]).toBe(Math.max(...other))
  })

  it('gives a document the same score whatever stands beside it', async () => {
    const alone = (await rank('card', ['card fee'])).scores
    const together = (await rank('card', ['loan', 'card fee', ''])).scores
    expect(together[1]).toBe(alone[0])
    expect(together).toHaveLength(3)
    expect(await rank('card', [])).toEqual({ scores: [], tokens: 0 })
  })

  it('reads of a long document what fits, and refuses a query that leaves no room', async () => {
    const filling = 'x '.repeat(100)
    const cards = 'card '.repeat(30)
    const { scores, tokens } = await rank('card', [cards + filling, filling + cards, filling])
    const [atStart = 0, atEnd = 0, nowhere = 0] = scores
    expect(atStart).toBeGreaterThan(nowhere)
    expect(atEnd).toBe(nowhere)
    // The model was trained on 64, of which one is left.
    expect(tokens).toBe(3 * 63)
    await expect(rank(filling, ['card'])).rejects.toMatchObject({
      code: 'llm.query-too-long',
      params: { tokens: 102, contextLength: 64 },
    })
  })

  it('stops between documents when it is given up', async () => {
    const gone = new AbortController()
    const scored: unknown[] = []
    const { rank: rankOne } = createTextRanker({
      deployment: 'small',
      model: { tokenize: () => [] },
      context: {
        contextSize: 64,
        calculateInputLength: () => 4,
        rank: async () => {
          if (scored.push('a document') === 2) gone.abort(new Error('gone'))
          return 0.5
        },
      },
    })
    await expect(rankOne('card', ['a', 'b', 'c', 'd'], gone.signal)).rejects.toThrow('gone')
    expect(scored).toHaveLength(2)
  })

  it('needs a model that was made for it, and says so at the start', async () => {
    const headless = await processes.write('headless.gguf', rankerModel({ hasHead: false }))
    const chat = await processes.write('chat.gguf', randomModel())
    for (const path of [chat, headless]) {
      const { model } = processes.load(path, ranking)
      await expect(model.ready).rejects.toMatchObject({
        code: 'llm.model-cannot-rank',
        retryable: false,
        params: { deployment: 'small' },
      })
    }
    const lora = [{ path: await processes.write('adapter.gguf', randomAdapter()), scale: 1 }]
    const { model } = processes.load(processes.path('ranker.gguf'), { ...ranking, lora })
    await expect(model.ready).rejects.toMatchObject({ code: 'llm.options-invalid' })
  })

  it('is not done by a model that was loaded for something else', async () => {
    const { model } = processes.load(processes.path('ranker.gguf'))
    await expect(model.rank('card', ['card'])).rejects.toMatchObject({ code: 'llm.model-cannot-rank' })
  })
})
