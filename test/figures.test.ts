// Tables of figures in the documents are what evidence/ says, to the letter.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readEvidence, replaceFigures } from '../src/verify/index.js'

const documents = ['README.md', 'README.zh-TW.md', 'docs/figures.md'].filter((document) =>
  existsSync(document),
)
const places = documents.flatMap((document) =>
  [...readFileSync(document, 'utf8').matchAll(/<!-- figures:([a-z-]+) -->/g)].map(([, area = '']) => ({
    document,
    area,
  })),
)

describe('figures', () => {
  it.each(places)('of $area in $document are those of its evidence', async ({ document, area }) => {
    const text = readFileSync(document, 'utf8')
    expect(replaceFigures(text, await readEvidence(`evidence/${area}.json`))).toBe(text)
  })

  it('stand in the read-me', () => {
    expect(places.map(({ document }) => document)).toContain('README.md')
  })
})
