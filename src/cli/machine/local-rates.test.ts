// Measures this machine by the real process of local models.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../core/index.js'
import { localRates } from './local-rates.js'
import { measureLlama } from './measure-llama.js'

const stateDirectory = mkdtempSync(join(tmpdir(), 'local-rates-'))
afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }))
const file = join(stateDirectory, 'machine.json')

let measured = 0
const some = { memoryGBps: 20, matrixGflops: 40, tokenOverheadMs: 0.2, promptOverheadMs: 2 }
const rates = () =>
  localRates({
    stateDirectory,
    environment: process.env,
    log: silentLog,
    onMeasure: () => {
      measured += 1
    },
    measure: async () => some,
  })

describe('the rates of this machine', { timeout: 180_000 }, () => {
  it('are those of the real process', async () => {
    const first = await measureLlama({ environment: process.env, log: silentLog, mostRounds: 5 })
    // Neither figure says much on a busy machine, but no machine reads a terabyte or multiplies ten teraflops on a thread.
    expect(first.memoryGBps).toBeGreaterThan(0.01)
    expect(first.memoryGBps).toBeLessThan(1000)
    expect(first.matrixGflops).toBeGreaterThan(0.1)
    expect(first.matrixGflops).toBeLessThan(10_000)
    expect(first.tokenOverheadMs).toBeLessThan(1000)
    expect(first.promptOverheadMs).toBeLessThan(10_000)
  })

  it('are measured once, kept, and measured again for another processor', async () => {
    expect(await rates()).toEqual(some)
    expect(await rates()).toEqual(some)
    expect(measured).toBe(1)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"processor": ".*"/, '"processor": "another"'))
    await rates()
    expect(measured).toBe(2)
    expect(readFileSync(file, 'utf8')).not.toContain('"another"')
  })
})
