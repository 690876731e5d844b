// A process that records attempts as fast as it can and says on standard output what was acknowledged, until it is
// killed. Runs from the build. Arguments: journal directory, database host, name of the round.

import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog, systemClock } from '../../../dist/core/index.js'
// biome-ignore lint/style/noRestrictedImports: this folder itself, as built
import { createCounters, openLedger } from '../../../dist/ledger/index.js'
import { connectStore } from '../../../dist/store/index.js'

const [directory, host, round] = process.argv.slice(2)
const store = await connectStore({
  connection: { host, port: 5432, user: 'postgres', database: 'postgres', max: 2 },
  log: silentLog,
})
const ledger = await openLedger({
  directory,
  store,
  clock: systemClock,
  counters: createCounters({ clock: systemClock }),
  price: (_deployment, { input, output }) => ({ usd: (input.total + output.total) / 1e6, version: '1' }),
  log: silentLog,
  // Small segments, so that sealing and removing happen all the time.
  segmentBytes: 16 * 1024,
})
const recorder = ledger.recorder({ tokensPerMinute: 0, monthlyBudgetUsd: 1_000_000 })
const usageOf = (input, output) => ({
  input: { total: input, cacheRead: 0, cacheWrite: 0 },
  output: { total: output, reasoning: 0 },
})

const work = async (worker) => {
  for (let i = 0; ; i++) {
    const requestId = `${round}-${worker}-${i}`
    const attempt = await recorder.begin({
      requestId,
      attempt: 0,
      tenant: 'bank',
      keyId: 'key_1',
      route: 'support',
      deployment: 'local',
      architectureHash: 'sha256:00',
      reservation: usageOf(100, 100),
    })
    writeSync(1, `begin ${requestId}\n`)
    if (worker % 2 === 0) await delay(worker)
    await attempt.settle(
      { usage: usageOf(i, worker), usageSource: 'reported', end: 'finished' },
      { firstContentMs: 1, totalMs: 2 },
    )
    writeSync(1, `settle ${requestId} ${i} ${worker}\n`)
  }
}
await Promise.all(Array.from({ length: 12 }, (_, worker) => work(worker)))
