// What the simulator's tests share: a scheduler, a step cost, and random configurations of both.

import { createRandom } from '../../core/random.js'
import { logNormalTokens, uniformTokens } from './lengths.js'
import { type Scheduler, stepPolicies } from './scheduler.js'
import type { SimulationOptions } from './simulate.js'
import type { Step, StepCost } from './step-cost.js'
import type { GeneratedTraffic } from './traffic-source.js'

/** 10 ms a step, and 0.02 ms a prompt token: a prompt of 1,000 alone takes 30 ms. */
export const plainCost: StepCost = {
  stepMs: ({ decodeSequences, prefillTokens }) => 10 + 0.1 * decodeSequences + 0.02 * prefillTokens,
}

export const plainScheduler: Scheduler = {
  ...stepPolicies.vllm,
  maxBatchedTokens: 2048,
  maxSequences: 64,
  kvBlocks: 4000,
  blockTokens: 16,
  prefixCache: false,
}

/** A cost that hands every step to `see` first. */
export const watched = (cost: StepCost, see: (step: Step) => void): StepCost => ({
  stepMs: (step) => {
    see(step)
    return cost.stepMs(step)
  },
})

/** Anything the options allow, small enough to run in a moment. */
export const randomOptions = (seed: number): SimulationOptions & { readonly traffic: GeneratedTraffic } => {
  const random = createRandom(`random options ${seed}`)
  const requestsPerSecond = 2 + 30 * random.next()
  const arrivals = random.pick([
    { kind: 'poisson', requestsPerSecond },
    { kind: 'gamma', requestsPerSecond, variation: 3 },
    { kind: 'closed', concurrency: 1 + random.integer(40), thinkMs: random.pick([0, 50]) },
    {
      kind: 'bursts',
      calmRequestsPerSecond: random.pick([0, 1]),
      burstRequestsPerSecond: 40,
      meanCalmSeconds: 3,
      meanBurstSeconds: 1,
    },
  ] as const)
  const blockTokens = random.pick([1, 7, 16, 64])
  const hasSpeculation = random.next() < 0.4
  return {
    seed,
    replicas: 1 + random.integer(3),
    balancing: random.pick(['round-robin', 'least-loaded']),
    cost: plainCost,
    traffic: {
      arrivals,
      requests: 400,
      inputTokens: logNormalTokens({ p50: 200, p95: 900 }),
      outputTokens: uniformTokens(1, 120),
      ...(random.next() < 0.6 ? { prefixes: { count: 1 + random.integer(20), tokens: 150 } } : {}),
    },
    scheduler: {
      ...random.pick(Object.values(stepPolicies)),
      maxBatchedTokens: 300 + random.integer(2000),
      maxSequences: 1 + random.integer(48),
      kvBlocks: Math.ceil((600 + random.integer(8000)) / blockTokens),
      blockTokens,
      prefixCache: random.next() < 0.7,
      ...(hasSpeculation
        ? { speculation: { draftTokens: 1 + random.integer(4), acceptance: random.next() } }
        : {}),
    },
    ...(random.next() < 0.5 ? { apiServer: { msPerRequest: 2, msPerInputToken: 0.001, delayMs: 3 } } : {}),
  }
}
