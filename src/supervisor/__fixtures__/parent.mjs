// A parent with one supervised child: prints the child's process id, asks for what argv says, and lives on.

import { fileURLToPath } from 'node:url'
import { silentLog, systemClock } from '../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: a process of its own runs what was built
import { superviseChild } from '../../../dist/supervisor/index.js'

const [method, entry = './child.mjs', args = '{}'] = process.argv.slice(2)
const child = superviseChild({
  name: 'fixture',
  entry: fileURLToPath(new URL(entry, import.meta.url)),
  args: JSON.parse(args),
  env: process.env,
  clock: systemClock,
  log: silentLog,
})
await child.ready
if (method) child.request(method, {}).catch(() => {})
console.log(child.pid())
setInterval(() => {}, 60_000)
