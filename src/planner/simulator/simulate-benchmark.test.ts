import { expect, it } from 'vitest'
import { plainCost, plainScheduler } from './scheduler-testing.js'
import { type BenchmarkClient, inferenceMaxClient, simulateBenchmark } from './simulate-benchmark.js'

const client: BenchmarkClient = {
  ...inferenceMaxClient,
  concurrency: 32,
  inputTokens: 500,
  outputTokens: 200,
}
const run = (changes: Partial<BenchmarkClient>, simulatedRounds = 3) =>
  simulateBenchmark({
    client: { ...client, ...changes },
    cost: plainCost,
    scheduler: plainScheduler,
    simulatedRounds,
    seed: 1,
  })

it('counts the burst at the start for one of the rounds', () => {
  const { ttftMs, firstTtftMs, laterTtftMs } = run({})
  expect(firstTtftMs).toBeGreaterThan(3 * laterTtftMs)
  expect(ttftMs).toBeCloseTo(0.1 * firstTtftMs + 0.9 * laterTtftMs, 9)
  expect(run({ rounds: 1 }).ttftMs).toBeGreaterThan(ttftMs)
})

it('finds from a few rounds what all of them give', () => {
  const few = run({})
  const all = run({}, 10)
  expect(Math.abs(few.ttftMs / all.ttftMs - 1)).toBeLessThan(0.15)
  expect(Math.abs(few.tpotMs / all.tpotMs - 1)).toBeLessThan(0.03)
})

it('keeps requests of one length together, which wait for one another every time', () => {
  expect(run({ rangeRatio: 1 }).laterTtftMs).toBeGreaterThan(1.5 * run({}).laterTtftMs)
})
