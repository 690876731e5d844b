import { describe, expect, it } from 'vitest'
import { knowledgeBase } from './__fixtures__/folder.js'
import { parseMarkdown } from './parse-markdown.js'
import { prepareDocument } from './prepare-document.js'

const rowOf = (path: string, name: string, text: string) =>
  prepareDocument(knowledgeBase(), { path, fingerprint: '', document: parseMarkdown(text, name) }).rows[0]

describe('prepareDocument', () => {
  it('searches a document without a title by the name of its file, unless that is a number', () => {
    expect(rowOf('rules/refunds.md', 'refunds', 'Within a week.')).toMatchObject({
      title: 'refunds',
      heading: 'refunds',
      body: 'refunds\nWithin a week.',
    })
    expect(rowOf('rules/p-0042.md', 'p-0042', 'Within a week.')).toMatchObject({
      title: 'p-0042',
      heading: '',
      body: 'Within a week.',
    })
  })

  it('searches a heading that is a number', () => {
    expect(rowOf('a/2026.md', '2026', '# 2027\n\nClosed.')?.body).toBe('2027\nClosed.')
    expect(rowOf('a/2026.md', '2026', '## 2027\n\nClosed.')?.body).toBe('2027\nClosed.')
  })
})
