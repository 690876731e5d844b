// What an entry of the audit log costs: processor time and quantiles of `append`, for requests of several sizes. Run
// after `npm run build`:
//   node benchmarks/audit.ts [--entries 50000] [--json]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type AuditEntry, openAuditLog } from '../dist/audit/index.js'
import { silentLog, systemClock } from '../dist/core/index.js'

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '50000' }, json: { type: 'boolean', default: false } },
})
const count = Number(values.entries)

const measure = (requestBytes: number) => {
  const directory = mkdtempSync(join(tmpdir(), 'audit-benchmark-'))
  const log = openAuditLog({ directory, clock: systemClock, log: silentLog })
  const entry: AuditEntry = {
    type: 'request',
    requestId: 'req_0123456789abcdefghij',
    tenant: 'default',
    keyId: 'key_0123456789abcdefghij',
    route: 'chat',
    architectureHash: `sha256:${'a'.repeat(64)}`,
    content: Buffer.alloc(requestBytes, 'a'),
    answeredBy: 'main',
    end: 'finished',
    errorCode: null,
  }
  const append = () => {
    const startedMs = performance.now()
    log.append(entry)
    return 1000 * (performance.now() - startedMs)
  }
  for (let i = 0; i < count / 2; i++) append()
  const before = process.cpuUsage()
  const times = Float64Array.from({ length: count }, append)
  const { user, system } = process.cpuUsage(before)
  log.close()
  rmSync(directory, { recursive: true })
  times.sort()
  const [p50Us, p99Us] = [0.5, 0.99].map((q) => times[Math.floor(q * count)])
  return { requestBytes, processorUsPerEntry: (user + system) / count, p50Us, p99Us }
}

const results = [100, 1_000, 10_000].map(measure)
process.stdout.write(
  values.json ? `${JSON.stringify(results)}\n` : `${results.map((one) => JSON.stringify(one)).join('\n')}\n`,
)
