import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extractAnswer, notInDocuments } from './extractive-answer.js'
import type { RetrievedText } from './extractive-features.js'

const passage = (text: string, change: Partial<RetrievedText['reference']> = {}): RetrievedText => ({
  text,
  reference: {
    id: text.slice(0, 8),
    path: 'a.md',
    title: 'Fees',
    start: 100,
    end: 100 + text.length,
    score: 10,
    ...change,
  },
})

const cards = passage(
  '## Cards\n\nA lost card is reported on 0800-555-110. A new debit card costs NT$100 and arrives within 5 working days.\n\n| Card | Annual fee |\n|---|---|\n| Tide | None |\n| Voyager | NT$20,000 |\n',
  { title: 'Handbook > Cards' },
)
const transfers = passage(
  '# 轉帳\n\n跨行轉帳每筆手續費為 15 元。本行互轉免手續費。申請約定帳號需要：\n\n- 身分證正本\n- 原留印鑑\n',
  {
    title: '手冊 > 轉帳',
    score: 9,
  },
)

const answer = (question: string, passages = [cards, transfers]) =>
  extractAnswer(question, passages)
    .map(({ text }) => text)
    .join('')

describe('extractAnswer', () => {
  it('quotes the sentence that answers, in either language', () => {
    expect(answer('How much does a new debit card cost?')).toBe(
      'A new debit card costs NT$100 and arrives within 5 working days.',
    )
    expect(answer('跨行轉帳的手續費是多少？')).toBe('跨行轉帳每筆手續費為 15 元。')
  })

  it('quotes a row below the header of its table', () => {
    expect(answer('What is the annual fee of the Voyager card?')).toBe(
      '| Card | Annual fee |\n| --- | --- |\n| Voyager | NT$20,000 |',
    )
  })

  it('quotes what a sentence introduces', () => {
    expect(answer('申請約定帳號需要什麼？')).toBe('申請約定帳號需要：\n\n- 身分證正本\n- 原留印鑑')
    const code = passage(
      'A record of a payroll file looks like this:\n\n```json\n{"id": 7}\n```\n\nFiles are read once.',
    )
    expect(answer('What does a record of a payroll file look like?', [code])).toBe(
      'A record of a payroll file looks like this:\n\n```\n{"id": 7}\n```',
    )
  })

  it('cites each quotation at its own place, and the whole passage when a guard has changed the text', () => {
    const [quotation] = extractAnswer('How much does a new debit card cost?', [cards])
    const { start = 0, end = 0 } = quotation?.quoted?.passage ?? {}
    expect(cards.text.slice(start - 100, end - 100)).toBe(quotation?.text)
    const redacted = { ...cards, text: cards.text.replace('0800-555-110', '[phone]') }
    expect(extractAnswer('How much does a new debit card cost?', [redacted])[0]?.quoted?.passage).toEqual(
      cards.reference,
    )
  })

  it('says in the language of the question that the documents do not hold the answer', () => {
    for (const passages of [[cards, transfers], []]) {
      expect(extractAnswer('How far away is the moon?', passages)).toEqual([{ text: notInDocuments.en }])
      expect(extractAnswer('台積電現在的股價多少？', passages)).toEqual([{ text: notInDocuments['zh-TW'] }])
    }
  })

  it('gives the bare piece when only that is asked for', () => {
    expect(answer('Where is a lost card reported? Reply with the telephone number only.')).toBe(
      '0800-555-110',
    )
    expect(answer('跨行轉帳的手續費是多少？只回答數字。')).toBe('15')
  })

  it('quotes a sentence once that stands in two passages', () => {
    const sentence = 'The moon is 384,400 kilometres away from the earth.'
    const twice = [passage(`${sentence} It shines.`), passage(`Look up. ${sentence}`, { id: 'other' })]
    expect(answer('How many kilometres is the moon away from the earth?', twice)).toBe(sentence)
  })

  it('takes any text for a passage', () => {
    for (const text of ['', '|', '| |\n|-|', '```', '# ', '-', '。'.repeat(50), '```\n```', '\ud83d'])
      expect(extractAnswer('What is it?', [passage(text)])).toHaveLength(1)
  })
})

interface Squad {
  readonly data: readonly {
    readonly paragraphs: readonly {
      readonly context: string
      readonly qas: readonly {
        readonly question: string
        readonly answers: readonly { readonly text: string }[]
      }[]
    }[]
  }[]
}

describe.each(['benchmarks/data/drcd/drcd.json', 'benchmarks/data/xquad/xquad.en.json'])('on %s', (path) => {
  const paragraphs = (JSON.parse(readFileSync(path, 'utf8')) as Squad).data.flatMap(
    (article) => article.paragraphs,
  )
  const all = paragraphs.flatMap(({ context, qas }, i) =>
    qas.slice(0, 1).map((qa) => ({
      ...qa,
      right: passage(context, { title: '' }),
      // Paragraphs of the neighbourhood: the same article where there are more.
      others: [1, 2, 3, 4, 5].map((step) =>
        passage(paragraphs[(i + step) % paragraphs.length]?.context ?? '', { title: '', score: 9 }),
      ),
    })),
  )
  const cases = all.slice(0, 100)

  it('quotes a sentence with the answer more often than not, and refuses what the paragraphs do not hold', () => {
    const answered = cases.filter(({ question, answers, right, others }) => {
      const text = answer(question, [right, ...others])
      return answers.some((expected) => text.includes(expected.text))
    })
    const refused = cases.filter(
      ({ question, others }) => extractAnswer(question, others)[0]?.quoted === undefined,
    )
    expect(cases).toHaveLength(100)
    expect(answered.length / cases.length).toBeGreaterThan(0.6)
    expect(refused.length / cases.length).toBeGreaterThan(0.85)
  })
})
