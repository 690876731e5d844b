// `npm test` and its tiers: installs what is missing, then runs one Vitest project on the pinned Node.

import { ensureInstalled, runNode } from '../bin/bootstrap.mjs'

const [project, ...rest] = process.argv.slice(2)
await ensureInstalled()
process.exit(runNode(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...rest]))
