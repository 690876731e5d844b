// The engine under us must compute the same thing every time, with the flags the product runs with.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const flags = ['--no-maglev', '--no-turboshaft-load-elimination']

describe('the JavaScript engine', () => {
  it('gives one result in 50 fresh processes', { timeout: 120_000 }, async () => {
    const hashes = new Set<string>()
    for (let round = 0; round < 25; round++) {
      const pair = [0, 1].map(() =>
        run(process.execPath, [...flags, 'test/fixtures/deterministic-computation.mjs']),
      )
      for (const { stdout } of await Promise.all(pair)) hashes.add(stdout)
    }
    expect([...hashes]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })

  it('runs these tests with the same flags', () => {
    expect(process.execArgv).toEqual(expect.arrayContaining(flags))
  })
})
