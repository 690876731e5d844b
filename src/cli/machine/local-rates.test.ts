// Measures this machine by the real process of local models.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../core/index.js'
import { localRates } from './local-rates.js'

const stateDirectory = mkdtempSync(join(tmpdir(), 'local-rates-'))
afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }))
const file = join(stateDirectory, 'machine.json')

let measured = 0
const rates = (isFresh = false) =>
  localRates({
    stateDirectory,
    isFresh,
    environment: process.env,
    log: silentLog,
    onMeasure: () => {
      measured += 1
    },
  })

describe('the rates of this machine', { timeout: 180_000 }, () => {
  it('are measured once, kept, and measured again for another processor', async () => {
    const first = await rates()
    // Neither figure says much on a busy machine, but no machine reads a terabyte or multiplies ten teraflops on a thread.
    expect(first.memoryGBps).toBeGreaterThan(0.01)
    expect(first.memoryGBps).toBeLessThan(1000)
    expect(first.matrixGflops).toBeGreaterThan(0.1)
    expect(first.matrixGflops).toBeLessThan(10_000)
    expect(await rates()).toEqual(first)
    expect(measured).toBe(1)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"processor": ".*"/, '"processor": "another"'))
    await rates()
    expect(measured).toBe(2)
    expect(readFileSync(file, 'utf8')).not.toContain('"another"')
  })
})
