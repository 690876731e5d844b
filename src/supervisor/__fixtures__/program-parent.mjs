// A parent that supervises one program and lives on: what is left when it is killed is to be seen.

import { silentLog, systemClock } from '../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { superviseProgram } from '../../../dist/supervisor/index.js'

const options = JSON.parse(process.argv[2] ?? '{}')
const program = superviseProgram({ ...options, env: process.env, clock: systemClock, log: silentLog })
await program.ready
console.log('ready')
setInterval(() => {}, 60_000)
