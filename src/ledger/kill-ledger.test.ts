import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, silentLog, systemClock } from '../core/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { createCounters } from './counters.js'
import { openLedger } from './open-ledger.js'
import { budgetCounter } from './reserve-limits.js'

let test: TestStore
let directory: string
beforeAll(async () => {
  test = await startTestStore()
  directory = await mkdtemp(join(tmpdir(), 'ledger-'))
})
afterAll(async () => {
  await test.close()
  await rm(directory, { recursive: true })
})

const program = fileURLToPath(new URL('./__fixtures__/killed-ledger.mjs', import.meta.url))

/** Lets the program record attempts, kills it `afterMs` after its first word, and returns what it had said. */
const runAndKill = (round: string, afterMs: number): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, directory, String(test.store.pool.options.host), round], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      said += bytes.toString()
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said.slice(0, said.lastIndexOf('\n')).split('\n'))
      else reject(new Error('the program ended on its own'))
    })
  })

describe('kill -9', () => {
  it('loses no acknowledged attempt and invents none', async () => {
    const random = createRandom('kill -9')
    const begun = new Set<string>()
    const settled = new Map<string, string>()
    for (let round = 0; round < 4; round++) {
      for (const line of await runAndKill(`round${round}`, 20 + random.integer(400))) {
        const [what, requestId = '', input, output] = line.split(' ')
        if (what === 'begin') begun.add(requestId)
        else settled.set(requestId, `${input}/${output}`)
      }
    }
    const counters = createCounters({ clock: systemClock })
    const ledger = await openLedger({
      directory,
      store: test.store,
      clock: systemClock,
      counters,
      price: () => null,
      log: silentLog,
    })
    const { rows } = await test.store.pool.query('select * from ledger_attempt')
    const found = new Map(rows.map((row) => [row.request_id, row]))
    expect(settled.size).toBeGreaterThan(500)
    for (const [requestId, tokens] of settled) {
      const row = found.get(requestId)
      expect([requestId, row?.ended, `${row?.input_tokens}/${row?.output_tokens}`]).toEqual([
        requestId,
        'finished',
        tokens,
      ])
    }
    // What had begun is there too: settled without the acknowledgement having been read, or known as unsettled.
    for (const requestId of begun) expect(found.has(requestId)).toBe(true)
    // At most one attempt of each of the 12 workers was under way in each of the 4 rounds.
    const unsettled = rows.filter((row) => row.ended === 'unknown')
    expect(unsettled.length).toBeLessThanOrEqual(48)
    expect(unsettled.every((row) => row.cost_nano_usd === null && row.usage_source === 'none')).toBe(true)
    const spent = rows.reduce((sum, row) => sum + BigInt(row.cost_nano_usd ?? 0), 0n)
    expect(await counters.used(budgetCounter('key_1'))).toBe(Number(spent))
    await ledger.close()
    expect(await readdir(directory)).toEqual(['reserve'])
  }, 60_000)
})
