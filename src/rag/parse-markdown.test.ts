import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainOfMarkdown } from './markdown-inline.js'
import { parseMarkdown } from './parse-markdown.js'

const blocksOf = (text: string) => {
  const { blocks } = parseMarkdown(text, 'untitled')
  return blocks.map((block) => [block.kind, block.plain])
}

describe('parseMarkdown', () => {
  it('finds headings, paragraphs, lists, tables and code', () => {
    expect(
      blocksOf(
        '# Fees\n\nOf *all* [cards](cards.md):\n\n- Debit: `free`\n  of charge\n- Credit\n\n| Item | Fee |\n|---|---:|\n| Seal | NT$100 |\n\n```json\n{"a": 1}\n```\n\nOld\n---\n',
      ),
    ).toEqual([
      ['heading', 'Fees'],
      ['paragraph', 'Of all cards:'],
      ['item', 'Debit: free\n of charge'],
      ['item', 'Credit'],
      ['row', 'Item | Fee'],
      ['row', 'Seal | NT$100'],
      ['code', '{"a": 1}'],
      ['heading', 'Old'],
    ])
  })

  it('keeps comments, scripts, link definitions and front matter out of the blocks', () => {
    const text =
      '---\ntitle: 手冊\n---\n<!-- draft\nnote -->\n<script>\nalert(1)\n</script>\n\n[a]: http://x\n\nText.\n'
    expect(blocksOf(text)).toEqual([['paragraph', 'Text.']])
    expect(parseMarkdown(text, 'untitled').title).toBe('手冊')
  })

  it('takes its title from the first heading of level 1, else from the file', () => {
    expect(parseMarkdown('## Minor\n\n# 費用\n', 'fees').title).toBe('費用')
    expect(parseMarkdown('text', 'fees').title).toBe('fees')
  })

  it('gives spans that lie in order inside the source, whatever the source', () => {
    const line = fc.constantFrom(
      '# a',
      'text',
      '- item',
      '| a | b |',
      '|---|---|',
      '```',
      '',
      '---',
      '> q',
      '1. x',
      '<!--',
      '===',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join('\n')
        let end = 0
        for (const block of parseMarkdown(text, 'x').blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end)
          expect(block.end).toBeGreaterThan(block.start)
          expect(text.slice(block.start, block.end).trim()).toBe(text.slice(block.start, block.end))
          end = block.end
        }
        expect(end).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  // With the square of its length this would take hours on any machine.
  it('reads a line of more than a million brackets in time proportional to its length', () => {
    const lines = ['[![', '*_', '<a '].map((part) => part.repeat(400_000).trim())
    const { text, blocks } = parseMarkdown(lines.join('\n\n'), 'x')
    expect(blocks.map(({ start, end }) => text.slice(start, end) === lines.shift())).toEqual([
      true,
      true,
      true,
    ])
  })
})

describe('plainOfMarkdown', () => {
  it('keeps words that only look like markup', () => {
    expect(plainOfMarkdown('snake_case_name, 2 * 3 * 4, a\\*b, R&amp;D &#x4e2d;')).toBe(
      'snake_case_name, 2 * 3 * 4, a*b, R&D 中',
    )
  })
})
