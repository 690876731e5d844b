// The engine under us must compute the same thing every time, with the flags the product runs with.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { v8Flags } from '../src/supervisor/index.js'

const run = promisify(execFile)

describe('the JavaScript engine', () => {
  it('gives one result in 50 fresh processes', { timeout: 120_000 }, async () => {
    const hashes = new Set<string>()
    for (let round = 0; round < 25; round++) {
      const pair = [0, 1].map(() =>
        run(process.execPath, [...v8Flags, 'test/fixtures/deterministic-computation.mjs']),
      )
      for (const { stdout } of await Promise.all(pair)) hashes.add(stdout)
    }
    expect([...hashes]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })

  it('is started by the launcher with the same flags', async () => {
    const launcher: string = '../bin/bootstrap.mjs'
    expect(await import(launcher)).toMatchObject({ v8Flags })
  })

  it('runs these tests with the same flags', () => {
    expect(process.execArgv).toEqual(expect.arrayContaining([...v8Flags]))
  })
})
