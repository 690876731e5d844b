// A parent of the database process, to be killed: prints the child's process id, then each row that the database has
// acknowledged, until it is ended. argv: the state directory, the cache directory.

import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { silentLog, systemClock } from '../../../../dist/core/index.js'
import { connectStore, embeddedConnection } from '../../../../dist/store/index.js'
import { superviseChild } from '../../../../dist/supervisor/index.js'

const [state, cacheDirectory] = process.argv.slice(2)
const socketDirectory = `${state}/run`
const child = superviseChild({
  name: 'database',
  entry: fileURLToPath(new URL('../../../../dist/bundle/database.js', import.meta.url)),
  args: { dataDirectory: `${state}/database`, socketDirectory, cacheDirectory },
  env: process.env,
  clock: systemClock,
  log: silentLog,
})
await child.ready
const store = await connectStore({ connection: embeddedConnection(socketDirectory), log: silentLog })
await sql`create table if not exists written (n int primary key)`.execute(store.db)
process.stdout.write(`pid ${child.pid()}\n`)
for (let n = 0; ; n++) {
  await sql`insert into written values (${n})`.execute(store.db)
  process.stdout.write(`row ${n}\n`)
}
