// Thirty rounds with an engine under load: ten kills of the engine, ten of `serve`, and ten times Ctrl-C.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEngineProject, type EngineProject } from '../e2e/engine-project.js'
import { type EngineVictim, runEngineRound } from '../e2e/engine-round.js'
import { figure, keepEvidence } from './evidence-of.js'
import { runRounds } from './rounds.js'

const roundsEach = 10
const seed = 'engines'
const victims: readonly EngineVictim[] = ['engine', 'serve', 'ctrl-c']
let project: EngineProject
beforeAll(async () => {
  project = await createEngineProject()
  // A worker that ignores SIGTERM, in a session of its own, is what stays behind when anything does.
  project.write({ FAKE_STUBBORN: '1' })
})
afterAll(() => project.remove())

it('answers who has no answer yet, comes back, and leaves nothing behind', {
  timeout: 1_800_000,
}, async () => {
  const { rounds, sum, left } = await runRounds({ victims, each: roundsEach, seed }, (victim, random) =>
    runEngineRound(project, { victim, random }),
  )
  const answered = sum((round) => round.answered)
  const back = rounds.flatMap(({ backAfterMs }) => (backAfterMs === null ? [] : [backAfterMs]))
  await keepEvidence(
    'engines',
    [
      figure(
        'rounds under load (kill -9 of the engine, kill -9 of serve, Ctrl-C)',
        rounds.length,
        'rounds',
        rounds.length,
      ),
      figure('requests answered', answered, 'answers', rounds.length),
      figure(
        'of these by the fallback',
        sum((round) => round.byFallback),
        'answers',
        rounds.length,
      ),
      figure(
        'requests that failed before any content',
        sum((round) => round.lost.length),
        'requests',
        answered,
      ),
      figure(
        'requests that hung',
        sum((round) => round.hung),
        'requests',
        answered,
      ),
      figure('slowest return of a killed engine', Math.max(...back) / 1000, 's', back.length),
      figure(
        'processes left behind',
        sum((round) => round.orphans.length),
        'processes',
        rounds.length,
      ),
    ],
    seed,
  )
  expect(answered).toBeGreaterThan(rounds.length)
  expect(sum((round) => round.byFallback)).toBeGreaterThan(0)
  expect(back).toHaveLength(roundsEach)
  expect(left).toEqual([])
  expect(sum((round) => round.hung)).toBe(0)
})
