import { describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import { watchHealth } from './watch-health.js'

const watch = () => {
  const clock = createManualClock()
  const ended = new AbortController()
  let frames = 0
  let pings = 0
  let isKilled = false
  const run = {
    heard: () => frames,
    send: () => {
      pings++
    },
    kill: () => {
      isKilled = true
    },
  }
  const health = { everyMs: 1000, misses: 2 }
  const done = watchHealth(run, { name: 'x', clock, log: silentLog, health, until: ended.signal })
  const pass = async (answered: boolean) => {
    if (answered) frames++
    await clock.advance(1000)
  }
  return { pass, end: () => ended.abort(), done, pings: () => pings, isKilled: () => isKilled }
}

describe('the watch over a process', () => {
  it('ends it after more misses in a row than are allowed, and not before', async () => {
    const { pass, isKilled, pings } = watch()
    for (const answered of [true, false, false, true, false, false]) await pass(answered)
    expect(isKilled()).toBe(false)
    expect(pings()).toBe(7)
    await pass(false)
    expect(isKilled()).toBe(true)
  })

  it('ends with the run', async () => {
    const { end, done, pass, isKilled } = watch()
    await pass(false)
    end()
    await done
    for (let i = 0; i < 5; i++) await pass(false)
    expect(isKilled()).toBe(false)
  })
})
