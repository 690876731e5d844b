import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../llm/index.js'
import { chunkDocument } from './chunk-document.js'
import { parseMarkdown } from './parse-markdown.js'

const chunksOf = (text: string, chunkTokens: number) => {
  const document = parseMarkdown(text, 'untitled')
  return chunkDocument(document, chunkTokens).map((chunk) => ({
    ...chunk,
    text: document.text.slice(chunk.start, chunk.end),
  }))
}

describe('chunkDocument', () => {
  it('opens a passage at each heading and knows the headings above it', () => {
    const chunks = chunksOf('# Fees\n\n## Cards\n\n### Debit\n\nFree.\n\n## Loans\n\nNone.\n', 100)
    expect(chunks.map(({ headings, text }) => [headings.join(' > '), text])).toEqual([
      ['Fees > Cards > Debit', '# Fees\n\n## Cards\n\n### Debit\n\nFree.'],
      ['Fees > Loans', '## Loans\n\nNone.'],
    ])
  })

  it('keeps a table whole, also when it is somewhat longer than a passage', () => {
    const rows = Array.from({ length: 10 }, (_, i) => `| fee number ${i} | NT$${i}00 |`)
    const [first, ...rest] = chunksOf(
      `Intro text here.\n\n| Item | Fee |\n|---|---|\n${rows.join('\n')}\n`,
      60,
    )
    expect(first?.text).toBe('Intro text here.')
    expect(rest).toHaveLength(1)
    expect(rest[0]?.text).toContain('| Item | Fee |')
    expect(rest[0]?.text).toContain('| fee number 9 | NT$900 |')
  })

  it('repeats the header of a table that has to be cut', () => {
    const rows = Array.from({ length: 40 }, (_, i) => `| fee number ${i} | NT$${i}00 |`)
    const chunks = chunksOf(`| Item | Fee |\n|---|---|\n${rows.join('\n')}\n`, 60)
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks[0]?.context).toBe('')
    for (const chunk of chunks.slice(1)) expect(chunk.context).toBe('Item | Fee')
  })

  it('cuts Chinese text between sentences and repeats the last one', () => {
    const sentence = (i: number) => `第${i}條規定手續費為${i}元整。`
    const chunks = chunksOf(Array.from({ length: 20 }, (_, i) => sentence(i)).join(''), 60)
    expect(chunks.length).toBeGreaterThan(3)
    for (const [i, chunk] of chunks.entries()) {
      expect(chunk.text.endsWith('。')).toBe(true)
      const previous = chunks[i - 1]
      if (previous) expect(previous.text.endsWith(`${chunk.text.split('。', 1)[0]}。`)).toBe(true)
    }
  })

  it('leaves no short rest of a paragraph behind', () => {
    const sentence = 'Each branch is open on every working day of the year. '
    const fourSentences = 4 * estimateTokens(sentence)
    const lengths = (count: number) =>
      chunksOf(sentence.repeat(count), fourSentences).map(({ text }) => text.split('.').length - 1)
    expect(lengths(4)).toEqual([4])
    expect(lengths(6)).toEqual([6])
    // Three sentences are more than half a passage: they stand alone, with the one before them repeated.
    expect(lengths(7)).toEqual([4, 4])
    expect(lengths(10)).toEqual([4, 7])
  })

  it('keeps a line that introduces a list with the list', () => {
    const chunks = chunksOf(
      `${'Words of an introduction. '.repeat(7)}\n\nYou need:\n\n- a card\n- a seal\n`,
      50,
    )
    expect(chunks.at(-1)?.text.startsWith('You need:\n\n- a card')).toBe(true)
  })

  it('covers every word of any document, within twice the length asked for and the repeated sentence', () => {
    const line = fc.constantFrom(
      '# 標題',
      '## B',
      '一句話。另一句話！',
      'One sentence. Another one follows here.',
      '- item 項目',
      '| a | b |',
      '|---|---|',
      '| 手續費 | 15 元 |',
      '',
      '無標點'.repeat(40),
      'x'.repeat(300),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 40 }),
        fc.integer({ min: 10, max: 80 }),
        (lines, chunkTokens) => {
          const text = lines.join('\n')
          const document = parseMarkdown(text, 'x')
          const chunks = chunkDocument(document, chunkTokens)
          const covered = new Uint8Array(text.length)
          let start = -1
          for (const chunk of chunks) {
            expect(chunk.start).toBeGreaterThan(start)
            start = chunk.start
            covered.fill(1, chunk.start, chunk.end)
            expect(estimateTokens(chunk.plain)).toBeLessThanOrEqual(chunkTokens * 2.5 + 2)
          }
          const last = document.blocks.findLastIndex(({ kind }) => kind !== 'heading')
          for (const block of document.blocks.slice(0, last + 1))
            for (let at = block.start; at < block.end; at++) if (text[at]?.trim()) expect(covered[at]).toBe(1)
        },
      ),
    )
  })
})
