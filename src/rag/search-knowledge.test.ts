// One index of two languages, with vectors made by hand: the first two numbers are what a passage is about, and the
// last two, larger than they are, its language.

import { connect } from '@lancedb/lancedb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestFolder, knowledgeBase, signal, type TestFolder } from './__fixtures__/folder.js'
import { denseHits } from './dense-arm.js'
import type { SearchArm, SearchStep } from './knowledge.js'
import { ragError } from './messages.js'
import { openPassageIndex, type PassageIndex, type PassageRow } from './passage-index.js'
import { searchKnowledge } from './search-knowledge.js'
import { gramsOf } from './search-text.js'
import type { OpenGeneration } from './shelf.js'

type About = readonly [card: number, loan: number]
const english = ([card, loan]: About) => [card, loan, 3, 0]
const chinese = ([card, loan]: About) => [card, loan, 0, 3]

const row = (id: string, body: string, vector: readonly number[], tenant = 'default'): PassageRow => ({
  id,
  document: `${id}.md`,
  version: 'v',
  tenant,
  access: ['public'],
  language: vector[2] === 0 ? 'zh-TW' : 'en',
  title: '',
  start: 0,
  end: body.length,
  text: body,
  context: '',
  body,
  heading: '',
  grams: gramsOf(body),
  vector,
})

const englishRows = [
  row('card', 'Students apply for a new card in seven days.', english([0.9, 0.1])),
  row('card-fee', 'A lost card costs NT$100.', english([0.8, 0])),
  row('both', 'You can repay with the card.', english([0.45, 0.75])),
  row('hours', 'Branches open at nine.', english([0.1, 0.1])),
]
const chineseRows = [
  row('loan-zh', '就學貸款九月十五日截止。', chinese([0, 1])),
  row('card-zh', '卡片遺失要掛失。', chinese([1, 0])),
  row('safe-zh', '保管箱鑰匙共兩把。', chinese([0.2, 0.2])),
]
const loanQuestion = { query: 'When do students apply for a loan?', vector: english([0, 1]) }
const cardQuestion = { query: 'How soon will my new card be here?', vector: english([1, 0]) }

describe('a search over two languages', () => {
  let folder: TestFolder
  let passages: PassageIndex
  const access = { tenant: 'default', principal: ['public'] }
  beforeEach(async () => {
    folder = await createTestFolder()
    passages = await openPassageIndex(await connect(folder.directory), 'passages', 4)
  })
  afterEach(async () => {
    passages.close()
    await folder.dispose()
  })

  const hold = (...rows: readonly PassageRow[]) =>
    passages.replace(
      rows.map(({ document }) => document),
      rows,
    )
  const dense = async (question: typeof loanQuestion) =>
    (await denseHits(passages, { ...question, access, limit: 50 })).map(({ id }) => id)
  const plain = async ({ vector }: typeof loanQuestion) =>
    (await passages.dense(vector, access, { limit: 50 })).map(({ id }) => id)
  const search = async ({ query, vector }: typeof loanQuestion, arm: SearchArm) => {
    const knowledge = knowledgeBase({
      embeddings: { address: 'http://127.0.0.1', model: 'm', dimensions: 4, inputType: false },
    })
    const found = await searchKnowledge(
      { name: 'g', embeddings: null, passages } as OpenGeneration,
      { knowledge, ...access, query, limit: 10, arm, signal },
      {
        embed: async () => [vector],
        onEmbedFailure: (error) => expect.unreachable(String(error)),
        onEmbedSuccess: () => {},
        rerank: undefined,
        onRerankFailure: () => {},
      },
    )
    return found.map(({ reference }) => reference.path.replace('.md', ''))
  }

  it('finds first by vectors what answers in the other language, behind all others as they are', async () => {
    await hold(...englishRows, ...chineseRows)
    expect((await plain(loanQuestion)).indexOf('loan-zh')).toBe(englishRows.length)
    expect((await dense(loanQuestion))[0]).toBe('loan-zh')
  })

  it('leaves passages in the language of the question in the order of their vectors', async () => {
    await hold(...englishRows, ...chineseRows)
    const isEnglish = (id: string) => !id.endsWith('-zh')
    for (const question of [loanQuestion, cardQuestion])
      expect((await dense(question)).filter(isEnglish)).toEqual((await plain(question)).filter(isEnglish))
  })

  it('looks in the other language for what is nearest without the languages', async () => {
    await hold(...englishRows, ...chineseRows, row('all-zh', '卡片與貸款總覽。', chinese([2, 2])))
    const plainly = await passages.dense(loanQuestion.vector, access, { limit: 1, language: 'zh-TW' })
    expect(plainly.map(({ id }) => id)).toEqual(['all-zh'])
    const first = await denseHits(passages, { ...loanQuestion, access, limit: 1 })
    expect(first.map(({ id }) => id)).toContain('loan-zh')
  })

  it('finds it by words and vectors too, and an answer in the language of the question before it', async () => {
    await hold(...englishRows, ...chineseRows)
    expect((await search(loanQuestion, 'lexical'))[0]).not.toBe('loan-zh')
    expect((await search(loanQuestion, 'hybrid'))[0]).toBe('loan-zh')
    const [first, ...others] = await search(cardQuestion, 'hybrid')
    expect(first).toBe('card')
    expect(others).toContain('card-zh')
  })

  it('takes vectors as they are while a language has hardly a passage', async () => {
    await hold(...englishRows)
    expect(await dense(loanQuestion)).toEqual(await plain(loanQuestion))
    await hold(...chineseRows.slice(0, 2))
    expect(await dense(loanQuestion)).toEqual(await plain(loanQuestion))
    await hold(...chineseRows.slice(2))
    expect(await dense(loanQuestion)).not.toEqual(await plain(loanQuestion))
  })

  it('tells what it waited for, and where it went on without it', async () => {
    await hold(...englishRows)
    const steps: SearchStep[] = []
    const { query, vector } = cardQuestion
    const endpoint = { address: 'http://127.0.0.1', model: 'm', timeoutMs: 1, topN: 3, api: 'jina' as const }
    await searchKnowledge(
      { name: 'g', embeddings: null, passages } as OpenGeneration,
      {
        knowledge: knowledgeBase({
          embeddings: { ...endpoint, dimensions: 4, inputType: false },
          rerank: endpoint,
        }),
        ...access,
        query,
        limit: 10,
        signal,
        onStep: (step) => steps.push(step),
      },
      {
        embed: async () => [vector],
        onEmbedFailure: () => {},
        onEmbedSuccess: () => {},
        rerank: async () => {
          throw ragError('rag.rerank-unavailable', { address: 'there', detail: 'a test' })
        },
        onRerankFailure: () => {},
      },
    )
    expect(steps.map(({ step, errorCode }) => [step, errorCode])).toEqual([
      ['embed', undefined],
      ['rerank', 'rag.rerank-unavailable'],
    ])
    expect(steps.every(({ durationMs }) => durationMs >= 0)).toBe(true)
  })

  it('knows the languages of a tenant from its own passages', async () => {
    await hold(...englishRows, ...chineseRows.map((each) => ({ ...each, tenant: 'another' })))
    expect((await passages.languageMeans('default')).size).toBe(0)
    expect(await dense(loanQuestion)).toEqual(await plain(loanQuestion))
    await hold(...chineseRows)
    expect((await passages.languageMeans('default')).size).toBe(2)
  })
})
