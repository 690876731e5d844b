// Draws questions, without their paragraphs, from SQuAD-format files: a seeded sample in the order of the files, each
// wording once, none that another slice holds already. The same arguments give the same file.
//
//   node scripts/slice-questions.mjs --out FILE.jsonl --questions N --seed TEXT [--without SLICE.json] SOURCE...

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRandom } from '../dist/core/index.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    questions: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    without: { type: 'string' },
  },
})

const questionsOf = (path) =>
  JSON.parse(readFileSync(path, 'utf8')).data.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ qas }) => qas.map(({ id, question }) => ({ id, question: question.trim() }))),
  )

const held = new Set(values.without === undefined ? [] : questionsOf(values.without).map(({ id }) => id))
const byWording = new Map(
  positionals
    .flatMap(questionsOf)
    .filter(({ id }) => !held.has(id))
    .map((row) => [row.question, row]),
)
const rows = [...byWording.values()]
const drawn = createRandom(values.seed)
  .shuffle(rows.map((_, index) => index))
  .slice(0, Number(values.questions))
  .sort((a, b) => a - b)
writeFileSync(values.out, drawn.map((index) => `${JSON.stringify(rows[index])}\n`).join(''))
process.stderr.write(`${values.out}: ${drawn.length} of ${rows.length} questions\n`)
