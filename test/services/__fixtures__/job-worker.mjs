// A process that runs jobs of the kind `killed` and never finishes one: reports progress, says so, and waits.
// argv: the database's URL, the schema, the lease in ms.

import { silentLog, systemClock } from '../../../dist/core/index.js'
import { createJobQueue } from '../../../dist/jobs/index.js'
import { connectStore } from '../../../dist/store/index.js'

const [connectionString, schema, leaseMs] = process.argv.slice(2)
const connection = { connectionString, options: `-c search_path=${schema}` }
const store = await connectStore({ connection, log: silentLog })
const queue = createJobQueue({ store, clock: systemClock, log: silentLog, leaseMs: Number(leaseMs) })
queue.work('killed', async ({ id, report }) => {
  report({ done: 3 })
  await queue.wait(id, undefined, (progress) => console.log(JSON.stringify(progress)))
})
