import { describe, expect, it } from 'vitest'
import { silentLog } from '../core/index.js'
import { type ChatCall, type ChatRequest, createExtractiveModel, generate } from '../llm/index.js'
import { createTestFolder, knowledgeBase, signal } from './__fixtures__/folder.js'
import { checkCitations } from './check-citations.js'
import type { Passage } from './knowledge.js'
import { createKnowledgeEngine } from './knowledge-engine.js'
import { ragError } from './messages.js'

const stored = 'A seal costs **NT$100** each\ntime. 每次 100 元。'
const passage = (start: number, end: number, id = 'stored') => ({
  id,
  path: 'fees.md',
  title: 'Fees',
  start,
  end,
  score: 1,
})
const read = async ({ id, path, start, end }: ReturnType<typeof passage>) => {
  if (id !== 'stored') throw ragError('rag.reference-gone', { id, path })
  return stored.slice(start, end)
}

const check = (
  answer: string,
  ...citations: { passage: ReturnType<typeof passage>; start: number; end: number }[]
) => checkCitations({ answer, citations, read })

describe('checkCitations', () => {
  it('accepts words that stand in the passage, markup, white space and width aside', async () => {
    const answer = 'A seal costs NT$100 each time. 每次 １００ 元。'
    const { valid, invalid } = await check(
      answer,
      { passage: passage(0, stored.length), start: 0, end: 30 },
      { passage: passage(0, stored.length), start: 31, end: answer.length },
    )
    expect(invalid).toEqual([])
    expect(valid).toHaveLength(2)
  })

  it.each([
    ['other words', 'A seal costs NT$200.', passage(0, stored.length), 'unsupported'],
    ['words beside the cited span', 'A seal costs', passage(20, stored.length), 'unsupported'],
    ['a passage that is gone', 'A seal costs', passage(0, 10, 'gone'), 'unresolved'],
  ])('drops and counts %s', async (_name, answer, reference, reason) => {
    const { valid, invalid } = await check(answer, { passage: reference, start: 0, end: answer.length })
    expect(valid).toEqual([])
    expect(invalid.map((each) => each.reason)).toEqual([reason])
  })

  it('drops a citation of no part of the answer', async () => {
    const outside = await check(
      'short',
      { passage: passage(0, 5), start: 3, end: 9 },
      { passage: passage(0, 5), start: 2, end: 2 },
    )
    expect(outside.invalid.map(({ reason }) => reason)).toEqual(['outside-answer', 'outside-answer'])
  })

  it('does not take a failure of the store for a bad citation', async () => {
    const away = async () => {
      throw ragError('rag.embeddings-unavailable', { address: 'x', detail: 'y' }, { retryable: true })
    }
    await expect(
      checkCitations({
        answer: 'A seal',
        citations: [{ passage: passage(0, 6), start: 0, end: 6 }],
        read: away,
      }),
    ).rejects.toMatchObject({ retryable: true })
  })
})

describe('answers of the extractive engine', () => {
  it('hold: every citation leads to a stored text with the very words', async () => {
    const folder = await createTestFolder({
      'fees.md':
        '# Fees\n\n| Item | Fee |\n|---|---|\n| **Seal** lost | NT$100 each |\n\nA transfer costs [NT$15](x.md).\n',
      'zh.html': '<h1>手續費</h1><p>跨行轉帳每筆 15 元。</p><ul><li>存摺補發 100 元</li></ul>',
    })
    const engine = createKnowledgeEngine({ directory: folder.directory, log: silentLog })
    try {
      const knowledge = knowledgeBase()
      await engine.ingest({ knowledge, root: folder.root, signal })
      for (const query of [
        'What does a lost seal cost?',
        'What does a transfer cost?',
        '跨行轉帳每筆多少？',
        '存摺補發多少錢？',
      ]) {
        const found = await engine.search({
          knowledge,
          tenant: 'default',
          principal: ['public'],
          query,
          limit: 6,
          signal,
        })
        const { choices } = await generate(createExtractiveModel({ id: 'x' }), promptOf(query, found), call)
        const { text = '', citations = [] } = choices[0] ?? {}
        const { valid, invalid } = await checkCitations({ answer: text, citations, read: engine.read })
        expect(invalid).toEqual([])
        expect(valid.length).toBeGreaterThan(0)
      }
    } finally {
      await engine.close()
      await folder.dispose()
    }
  })
})

const promptOf = (question: string, passages: readonly Passage[]): ChatRequest => ({
  model: 'support',
  stream: false,
  extra: {},
  messages: [
    {
      role: 'system',
      parts: passages.map(({ text, reference }) => ({
        type: 'text',
        text,
        source: 'retrieved',
        passage: reference,
      })),
    },
    { role: 'user', parts: [{ type: 'text', text: question, source: 'user' }] },
  ],
})

const call: ChatCall = {
  requestId: 'r',
  tenant: 'default',
  keyId: 'k',
  principal: ['public'],
  signal,
  promptVariant: '',
  routeArm: '',
  route: 'support',
  architectureHash: '',
  recorder: { begin: async () => ({ settle: async () => {} }) },
}
