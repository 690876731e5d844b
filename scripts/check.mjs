// `npm run check`: everything that must hold before a commit, in order of how soon it fails.

import { ensureBuilt, ensureInstalled, runNode } from '../bin/bootstrap.mjs'

const steps = [
  ['format, lint, layers', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
  ['dead code', ['node_modules/knip/bin/knip.js']],
  ['package', ['node_modules/publint/src/cli.js', '--strict']],
  ['tests', ['scripts/test.mjs', 'npm']],
]

await ensureInstalled()
await ensureBuilt()
const only = process.argv.slice(2)
for (const [name, args] of steps) {
  if (only.includes('--no-tests') && name === 'tests') continue
  process.stderr.write(`\n▸ ${name}\n`)
  const status = runNode(args)
  if (status !== 0) process.exit(status)
}
