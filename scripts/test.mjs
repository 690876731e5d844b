// `npm test` and its tiers: installs what is missing, then runs one Vitest project on the pinned Node.

import { ensureInstalled, runNode } from '../bin/bootstrap.mjs'

const [project, ...rest] = process.argv.slice(2)
await ensureInstalled()
const projects = { npm: ['npm', 'apart', 'alone'], engines: ['engines', 'engines-alone'] }
const selection = (projects[project] ?? [project]).flatMap((name) => ['--project', name])
process.exit(runNode(['node_modules/vitest/vitest.mjs', 'run', ...selection, ...rest]))
