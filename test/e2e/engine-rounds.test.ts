import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/index.js'
import { createEngineProject, type EngineProject } from './engine-project.js'
import { type EngineRound, runEngineRound, startRounds } from './engine-round.js'
import { leftOver } from './processes.js'

let project: EngineProject
beforeAll(async () => {
  project = await createEngineProject()
  // A worker that ignores SIGTERM, in a session of its own, is what stays behind when anything does.
  project.write({ FAKE_STUBBORN: '1' })
})
afterAll(() => project.remove())

describe('an engine under load', { timeout: 120_000 }, () => {
  const random = createRandom('engine rounds')
  const nobodyIsLost = (round: EngineRound) => {
    expect(round.answered).toBeGreaterThan(0)
    expect(round).toMatchObject({ lost: [], hung: 0, orphans: [] })
  }

  it('and a kill of it, then of serve: nobody without an answer goes without one, and nothing is left behind', async () => {
    const running = await startRounds(project)
    const first = await runEngineRound(project, { victim: 'engine', random, running, goesOn: true })
    nobodyIsLost(first)
    expect(first.byFallback).toBeGreaterThan(0)
    expect(first.backAfterMs).not.toBeNull()
    nobodyIsLost(await runEngineRound(project, { victim: 'serve', random, running }))
  })

  it('and Ctrl-C: nobody without an answer goes without one, and nothing is left behind', async () => {
    nobodyIsLost(await runEngineRound(project, { victim: 'ctrl-c', random }))
  })
})

describe('a round of killing', { timeout: 120_000 }, () => {
  it('sees the requests that nobody answers without a fallback, and the processes that an engine hides', async () => {
    const random = createRandom('engine rounds that must fail')
    project.write({ FAKE_HIDDEN: '1' }, [], false)
    // They never go; the others, which do, may still be there after the shorter wait.
    const round = await runEngineRound(project, { victim: 'engine', random, goneWithinMs: 4000 })
    const left = await leftOver(round.orphans, 3000)
    try {
      expect(round.lost.length).toBeGreaterThan(0)
      expect(round.byFallback).toBe(0)
      // The worker of the engine that was killed, and that of the one after it.
      expect(left).toHaveLength(2)
    } finally {
      for (const pid of left) process.kill(pid, 'SIGKILL')
    }
  })
})
