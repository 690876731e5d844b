import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/index.js'
import { createEngineProject, type EngineProject } from './engine-project.js'
import { runEngineRound } from './engine-round.js'
import { leftOver } from './processes.js'

let project: EngineProject
beforeAll(async () => {
  project = await createEngineProject()
  // A worker that ignores SIGTERM, in a session of its own, is what stays behind when anything does.
  project.write({ FAKE_STUBBORN: '1' })
})
afterAll(() => project.remove())

describe('an engine under load', () => {
  const random = createRandom('engine rounds')

  it.each(['engine', 'serve', 'ctrl-c'] as const)(
    'and a kill of %s: nobody without an answer goes without one, and nothing is left behind',
    { timeout: 120_000 },
    async (victim) => {
      const round = await runEngineRound(project, { victim, random })
      expect(round.answered).toBeGreaterThan(0)
      expect(round).toMatchObject({ lost: [], hung: 0, orphans: [] })
      if (victim === 'engine') {
        expect(round.byFallback).toBeGreaterThan(0)
        expect(round.backAfterMs).not.toBeNull()
      }
    },
  )
})

describe('a round of killing', { timeout: 120_000 }, () => {
  const random = createRandom('engine rounds that must fail')

  it('sees the requests that nobody answers when there is no fallback', async () => {
    project.write({ FAKE_STUBBORN: '1' }, [], false)
    const round = await runEngineRound(project, { victim: 'engine', random })
    expect(round.lost.length).toBeGreaterThan(0)
    expect(round.byFallback).toBe(0)
  })

  it('sees the process that stays behind when an engine hides it', async () => {
    project.write({ FAKE_HIDDEN: '1' })
    // It never goes; the others, which do, may still be there after the shorter wait.
    const round = await runEngineRound(project, { victim: 'serve', random, goneWithinMs: 4000 })
    const left = await leftOver(round.orphans, 3000)
    expect(left).toHaveLength(1)
    for (const pid of left) process.kill(pid, 'SIGKILL')
  })
})
