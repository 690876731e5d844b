// Thirty rounds of kill -9 under load: ten each of the parent, the database and the knowledge process.

import { afterAll, expect, it } from 'vitest'
import { runKillRound, type Victim } from '../e2e/kill-round.js'
import { createSmallProject } from '../e2e/small-project.js'
import { figure, keepEvidence } from './evidence-of.js'
import { runRounds } from './rounds.js'

const roundsEach = 10
const seed = 'durability'
const victims: readonly Victim[] = ['parent', 'database', 'knowledge']
const project = createSmallProject()
afterAll(() => project.remove())

it('loses nothing acknowledged and leaves no process behind', { timeout: 1_800_000 }, async () => {
  const { rounds, sum, left } = await runRounds({ victims, each: roundsEach, seed }, (victim, random) =>
    runKillRound({ ...project, victim, random }),
  )
  const acknowledged = sum((round) => round.acknowledged)
  await keepEvidence(
    'durability',
    [
      figure(
        'rounds of kill -9 under load (parent, database, knowledge process)',
        rounds.length,
        'rounds',
        rounds.length,
      ),
      figure('answers acknowledged before or after the kill', acknowledged, 'answers', rounds.length),
      figure(
        'acknowledged answers that the ledger lost',
        sum((round) => round.lost.length),
        'answers',
        acknowledged,
      ),
      figure(
        'processes left behind',
        sum((round) => round.orphans.length),
        'processes',
        rounds.length,
      ),
    ],
    seed,
  )
  expect(acknowledged).toBeGreaterThan(rounds.length)
  expect(left).toEqual([])
})
