// Draws a small retrieval test from SQuAD-format files: a seeded sample of paragraphs with a seeded sample of their
// questions. The same arguments give the same file.
//
//   node scripts/slice-squad.mjs --out FILE --paragraphs N|all --questions N --seed TEXT SOURCE...

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRandom } from '../dist/core/index.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    paragraphs: { type: 'string', default: 'all' },
    questions: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
  },
})

const files = positionals.map((path) => JSON.parse(readFileSync(path, 'utf8')))
const articles = files.flatMap(({ data }) => data)
const random = createRandom(values.seed)
const places = articles.flatMap(({ paragraphs }, article) =>
  paragraphs.map((_, paragraph) => ({ article, paragraph })),
)
const wanted = values.paragraphs === 'all' ? places.length : Number(values.paragraphs)
const kept = new Set(
  random
    .shuffle(places)
    .slice(0, wanted)
    .map(({ article, paragraph }) => `${article}/${paragraph}`),
)
const questionIds = places.flatMap(({ article, paragraph }) =>
  kept.has(`${article}/${paragraph}`) ? articles[article].paragraphs[paragraph].qas.map(({ id }) => id) : [],
)
const asked = new Set(random.shuffle(questionIds).slice(0, Number(values.questions)))

const data = articles
  .map(({ title, id, paragraphs }, article) => ({
    title,
    ...(id !== undefined && { id }),
    paragraphs: paragraphs
      .filter((_, paragraph) => kept.has(`${article}/${paragraph}`))
      .map(({ context, id: paragraphId, qas }) => ({
        ...(paragraphId !== undefined && { id: paragraphId }),
        context,
        qas: qas.filter((question) => asked.has(question.id)),
      })),
  }))
  .filter(({ paragraphs }) => paragraphs.length > 0)
writeFileSync(values.out, `${JSON.stringify({ version: files[0].version, data }, null, 1)}\n`)
process.stderr.write(`${values.out}: ${kept.size} paragraphs, ${asked.size} questions\n`)
