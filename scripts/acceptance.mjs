// `npm run acceptance -- AREA`: a long measurement; writes evidence/AREA.json and the tables of figures made from it.

import { existsSync, readdirSync } from 'node:fs'
import { ensureBuilt, ensureInstalled, runNode } from '../bin/bootstrap.mjs'

const areas = readdirSync('test/acceptance').flatMap((name) => /^(.*)\.test\.ts$/.exec(name)?.slice(1) ?? [])
const [area] = process.argv.slice(2)
if (!area || !existsSync(`test/acceptance/${area}.test.ts`)) {
  process.stderr.write(`Name an area: npm run acceptance -- ${areas.join(' | ')}\n`)
  process.exit(2)
}
await ensureInstalled()
await ensureBuilt()
const status = runNode([
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'acceptance',
  `test/acceptance/${area}.test.ts`,
])
if (existsSync(`evidence/${area}.json`)) runNode(['scripts/write-figures.mjs'])
process.exit(status)
