// Writes what is measured into the documents: tables of figures from evidence/*.json, and the output of `npm start`
// from evidence/loop.*.txt. With --check nothing is written, and the exit status is 1 when a document differs.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readEvidence, replaceFigures } from '../dist/verify/index.js'

const documents = [
  { path: 'README.md', language: 'en' },
  { path: 'README.zh-TW.md', language: 'zh-TW' },
  { path: 'docs/planner.md', language: 'en' },
  { path: 'docs/planner.zh-TW.md', language: 'zh-TW' },
]
const widest = 150
/** Lines kept of each part of the output, counted from its heading. */
const keptLines = [22, 16, 14, 40]

const cut = (line) => (line.length > widest ? `${line.slice(0, widest - 1)}…` : line)

const excerpt = (output) => {
  const parts = output.split(/\n(?=━━ \d\. )/).slice(1)
  const kept = parts.map((part, i) => {
    const lines = part.trimEnd().split('\n')
    return [...lines.slice(0, keptLines[i]).map(cut), ...(lines.length > keptLines[i] ? ['…'] : [])].join(
      '\n',
    )
  })
  return `\n\`\`\`\n${kept.join('\n\n')}\n\`\`\`\n`
}

const withOutput = (text, language) => {
  const path = `evidence/loop.${language}.txt`
  if (!existsSync(path) || !text.includes('<!-- output:start -->')) return text
  const [start, end] = ['<!-- output:start -->', '<!-- /output -->']
  const from = text.indexOf(start) + start.length
  return text.slice(0, from) + excerpt(readFileSync(path, 'utf8')) + text.slice(text.indexOf(end))
}

const upToDate = async ({ path, language }) => {
  let text = withOutput(readFileSync(path, 'utf8'), language)
  for (const name of existsSync('evidence') ? readdirSync('evidence') : []) {
    if (!name.endsWith('.json')) continue
    const evidence = await readEvidence(`evidence/${name}`)
    if (text.includes(`<!-- figures:${evidence.area} -->`)) text = replaceFigures(text, evidence)
  }
  return text
}

const isCheck = process.argv.includes('--check')
for (const document of documents) {
  const text = await upToDate(document)
  if (text === readFileSync(document.path, 'utf8')) continue
  if (isCheck) {
    process.stderr.write(`${document.path} is not what evidence/ says: node scripts/write-figures.mjs\n`)
    process.exitCode = 1
  } else writeFileSync(document.path, text)
}
