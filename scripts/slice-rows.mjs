// Draws a small set from a file of JSON lines: the rows of some labels, a seeded sample of them, some fields of each.
// Rows keep the order of the source. The same arguments give the same file.
//
//   node scripts/slice-rows.mjs --out FILE --fields a,b,c [--rows N|all] [--label VALUE] [--seed TEXT] SOURCE

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRandom } from '../dist/core/index.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    fields: { type: 'string' },
    rows: { type: 'string', default: 'all' },
    label: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})

const fields = values.fields.split(',')
const rows = readFileSync(positionals[0], 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
  .filter(({ label }) => values.label === undefined || String(label) === values.label)
const wanted = values.rows === 'all' ? rows.length : Number(values.rows)
const drawn = new Set(createRandom(values.seed).shuffle(rows).slice(0, wanted))
const pick = (row) =>
  Object.fromEntries(fields.filter((field) => field in row).map((field) => [field, row[field]]))
const kept = rows.filter((row) => drawn.has(row))
writeFileSync(values.out, kept.map((row) => `${JSON.stringify(pick(row))}\n`).join(''))
process.stderr.write(`${values.out}: ${kept.length} rows\n`)
