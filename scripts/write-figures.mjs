// Writes the tables of figures in the documents from evidence/; test/figures.test.ts fails when they differ.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readEvidence, replaceFigures } from '../dist/verify/index.js'

const documents = [
  'README.md',
  'README.zh-TW.md',
  ...(existsSync('docs/figures.md') ? ['docs/figures.md'] : []),
]
for (const document of documents) {
  let text = readFileSync(document, 'utf8')
  for (const name of readdirSync('evidence').filter((file) => file.endsWith('.json'))) {
    const evidence = await readEvidence(`evidence/${name}`)
    if (text.includes(`<!-- figures:${evidence.area} -->`)) text = replaceFigures(text, evidence)
  }
  writeFileSync(document, text)
}
