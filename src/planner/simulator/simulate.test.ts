import { describe, expect, it } from 'vitest'
import { fixedTokens, uniformTokens } from './lengths.js'
import { schedulerOf, stepPolicies } from './scheduler.js'
import { plainCost, plainScheduler, watched } from './scheduler-testing.js'
import { type SimulationOptions, simulate } from './simulate.js'
import type { RequestRecord } from './simulation-report.js'

const base: SimulationOptions = {
  seed: 1,
  cost: plainCost,
  scheduler: plainScheduler,
  traffic: { trace: [{ atMs: 0, inputTokens: 1000, outputTokens: 3 }] },
}
const recordsOf = (options: SimulationOptions): RequestRecord[] => {
  const records: RequestRecord[] = []
  simulate({ ...options, onRequest: (record) => records.push(record) })
  return records.sort((a, b) => a.id - b.id)
}
const closed = (concurrency: number, requests: number, outputTokens = 50): SimulationOptions => ({
  ...base,
  traffic: {
    arrivals: { kind: 'closed', concurrency },
    requests,
    inputTokens: fixedTokens(500),
    outputTokens: fixedTokens(outputTokens),
  },
})

describe('one request', () => {
  it('takes its prompt and then a step per further token', () => {
    // Prompt: 10 + 0.02 x 1,000 = 30 ms; then two steps of 10 + 0.1 x 1 = 10.1 ms.
    const report = simulate(base)
    expect(report.ttftMs.mean).toBeCloseTo(30, 9)
    expect(report.tpotMs.mean).toBeCloseTo(10.1, 9)
    expect(report.itlMs.mean).toBeCloseTo(10.1, 9)
    expect(report.e2eMs.mean).toBeCloseTo(50.2, 9)
    expect(report.outputTokensPerSecond).toBeCloseTo(3 / 0.0502, 6)
  })

  it('waits for the API server first', () => {
    const apiServer = { msPerRequest: 4, msPerInputToken: 0.001, delayMs: 2 }
    // 4 + 0.001 x 1,000 + 2 = 7 ms before its 30 ms.
    expect(simulate({ ...base, apiServer }).ttftMs.mean).toBeCloseTo(37, 9)
  })

  it('is rejected when no replica can ever hold it', () => {
    // 1,000 + 3 - 1 = 1,002 tokens are 63 blocks of 16.
    const requests = (kvBlocks: number) =>
      simulate({ ...base, scheduler: { ...plainScheduler, kvBlocks } }).requests
    expect(requests(63)).toMatchObject({ completed: 1, rejected: 0 })
    expect(requests(62)).toMatchObject({ completed: 0, rejected: 1 })
  })
})

describe('a closed loop', () => {
  it('sends all at the start, and keeps as many in flight to the end', () => {
    const records = recordsOf(closed(20, 200))
    expect(records.filter(({ arrivalMs }) => arrivalMs === 0)).toHaveLength(20)
    for (const { arrivalMs } of records.slice(20)) {
      const inFlight = records.filter((other) => other.arrivalMs <= arrivalMs && other.endMs > arrivalMs)
      expect(inFlight).toHaveLength(20)
    }
  })

  it('queues the first burst at the API server', () => {
    const apiServer = { msPerRequest: 5 }
    // The tenth request is with the scheduler after 10 x 5 ms.
    const [last] = recordsOf({ ...closed(10, 10), apiServer }).slice(-1)
    expect(last?.scheduledMs).toBeGreaterThanOrEqual(50)
  })

  it('shows its burst unless the warm-up is cut', () => {
    const all = simulate(closed(32, 320))
    const steady = simulate({ ...closed(32, 320), warmUpRequests: 64 })
    expect(all.requests.measured).toBe(320)
    expect(steady.requests.measured).toBe(256)
    expect(all.ttftMs.max).toBeGreaterThan(steady.ttftMs.p50)
  })
})

describe('prompts beside answers', () => {
  const gaps = (policy: Partial<typeof plainScheduler>) =>
    simulate({
      ...base,
      scheduler: { ...plainScheduler, maxBatchedTokens: 8192, ...policy },
      traffic: {
        arrivals: { kind: 'poisson', requestsPerSecond: 3 },
        requests: 500,
        inputTokens: fixedTokens(6000),
        outputTokens: fixedTokens(100),
      },
    }).itlMs

  it('hold an answer up by no more than a chunk when they are read in parts', () => {
    // A step of at most 512 tokens takes at most 10 + 0.1 x 64 + 0.02 x 512 = 26.64 ms.
    expect(gaps({ chunkedPrefill: true, maxBatchedTokens: 512 }).max).toBeLessThan(26.65)
    // A whole prompt takes 10 + 0.02 x 6,000 = 130 ms.
    expect(gaps({ chunkedPrefill: false }).max).toBeGreaterThan(130)
  })

  it('come first where steps are not mixed, and stop all answers meanwhile', () => {
    let both = 0
    const cost = watched(plainCost, (step) => {
      if (step.decodeSequences > 0 && step.prefillSequences > 0) both++
    })
    simulate({ ...closed(16, 160), cost, scheduler: { ...plainScheduler, ...stepPolicies.sglang } })
    expect(both).toBe(0)
    simulate({ ...closed(16, 160), cost })
    expect(both).toBeGreaterThan(0)
  })
})

describe('a full cache', () => {
  const scheduler = { ...plainScheduler, kvBlocks: 200 }

  it('preempts the last one admitted, which is computed again and still ends', () => {
    // 16 x (500 + 399) tokens need 16 x 57 = 912 blocks; 200 hold the prompts of 6.
    const records = recordsOf({ ...closed(16, 64, 400), scheduler })
    const preempted = records.filter(({ preemptions }) => preemptions > 0)
    expect(preempted.length).toBeGreaterThan(0)
    expect(records[0]?.preemptions).toBe(0)
    expect(records.every(({ endMs }) => Number.isFinite(endMs))).toBe(true)
  })

  it('never preempts where the whole answer is set aside, and then starts later', () => {
    const eager = simulate({ ...closed(16, 64, 400), scheduler })
    const careful = simulate({
      ...closed(16, 64, 400),
      scheduler: { ...scheduler, reservedOutputShare: 1 },
    })
    expect(eager.preemptions).toBeGreaterThan(0)
    expect(careful.preemptions).toBe(0)
    expect(careful.queueMs.p50).toBeGreaterThan(eager.queueMs.p50)
    // 200 blocks / 57 per request: three at a time.
    expect(careful.running.peak).toBe(3)
  })
})

describe('the prefix cache', () => {
  const hits = (count: number, order: 'cyclic' | 'random', kvBlocks = 1000) =>
    simulate({
      ...base,
      scheduler: { ...plainScheduler, prefixCache: true, kvBlocks },
      traffic: {
        arrivals: { kind: 'poisson', requestsPerSecond: 5 },
        requests: 2000,
        inputTokens: fixedTokens(1000),
        outputTokens: fixedTokens(10),
        prefixes: { count, tokens: 800, order },
      },
    })

  it('gives what is shared, once it has been read', () => {
    // 800 tokens are 50 whole blocks of 1,000 tokens; each of 4 prefixes is read once, barring overlaps.
    expect(hits(4, 'random').prefixHitShare).toBeGreaterThan(0.79)
    expect(hits(4, 'random').prefixHitShare).toBeLessThanOrEqual(0.8)
  })

  it('gives nothing when what comes round is larger than the pool', () => {
    // 100 prefixes x 50 blocks = 5,000 blocks in turn through 1,000: each is gone when it comes again.
    expect(hits(100, 'cyclic').prefixHitShare).toBe(0)
    expect(hits(100, 'random').prefixHitShare).toBeLessThan(0.25)
    expect(hits(100, 'cyclic', 10_000).prefixHitShare).toBeGreaterThan(0.75)
  })

  it('shortens the wait for the first token by what it saves, not the answer', () => {
    const cached = hits(4, 'random')
    const cold = hits(2000, 'cyclic')
    // 800 tokens x 0.02 ms = 16 ms.
    expect(cold.ttftMs.p50 - cached.ttftMs.p50).toBeGreaterThan(15)
    expect(cached.ttftMs.p50).toBeLessThan(30)
  })
})

describe('speculation', () => {
  const tpot = (acceptance: number) =>
    simulate({
      ...closed(1, 50, 401),
      scheduler: { ...plainScheduler, speculation: { draftTokens: 3, acceptance } },
    }).tpotMs.mean

  it('writes (1 - a^(k + 1)) / (1 - a) tokens a step', () => {
    // Steps of 10.1 ms; a = 0.7, k = 3: 2.533 tokens a step, and a step's end lost in the last one.
    expect(tpot(0)).toBeCloseTo(10.1, 6)
    expect(tpot(1)).toBeCloseTo(10.1 / 4, 6)
    const expected = 10.1 / ((1 - 0.7 ** 4) / (1 - 0.7))
    expect(Math.abs(tpot(0.7) / expected - 1)).toBeLessThan(0.03)
  })
})

describe('goodput', () => {
  it('counts who meets every limit', () => {
    const traffic = {
      arrivals: { kind: 'poisson', requestsPerSecond: 12 },
      requests: 2000,
      inputTokens: uniformTokens(100, 3000),
      outputTokens: uniformTokens(1, 200),
    } as const
    const goodput = { ttftMs: 120, tpotMs: 30 }
    const records: RequestRecord[] = []
    const report = simulate({ ...base, traffic, goodput, onRequest: (record) => records.push(record) })
    const good = records.filter(
      ({ arrivalMs, firstTokenMs, endMs, outputTokens }) =>
        firstTokenMs - arrivalMs <= 120 &&
        (outputTokens === 1 || (endMs - firstTokenMs) / (outputTokens - 1) <= 30),
    )
    expect(good.length).toBeGreaterThan(0)
    expect(good.length).toBeLessThan(2000)
    expect(report.goodput?.share).toBe(good.length / 2000)
    expect(report.goodput?.requestsPerSecond).toBeCloseTo(good.length / report.measuredSeconds, 9)
    expect(simulate({ ...base, traffic }).goodput).toBeNull()
  })
})

describe('several replicas', () => {
  it('share the load, and halve the queue', () => {
    const report = (replicas: number, balancing: 'round-robin' | 'least-loaded') =>
      simulate({
        ...closed(64, 640),
        replicas,
        balancing,
        scheduler: { ...plainScheduler, maxSequences: 16 },
      })
    expect(report(4, 'least-loaded').queueMs.mean).toBeLessThan(report(2, 'least-loaded').queueMs.mean)
    expect(report(2, 'round-robin').queueMs.mean).toBeLessThan(report(1, 'round-robin').queueMs.mean)
  })

  it('queue less when the balancer knows how loaded they are', () => {
    const run = (balancing: 'round-robin' | 'least-loaded') =>
      simulate({
        ...base,
        replicas: 4,
        balancing,
        scheduler: { ...plainScheduler, maxSequences: 4 },
        traffic: {
          arrivals: { kind: 'poisson', requestsPerSecond: 12 },
          requests: 4000,
          inputTokens: fixedTokens(200),
          outputTokens: uniformTokens(1, 200),
        },
      }).queueMs.mean
    expect(run('least-loaded')).toBeLessThan(run('round-robin'))
  })
})

describe('what makes no sense', () => {
  it('is refused', () => {
    expect(() => simulate({ ...base, cost: { stepMs: () => 0 } })).toThrow(RangeError)
    expect(() => simulate({ ...base, scheduler: { ...plainScheduler, maxSequences: 0 } })).toThrow(RangeError)
    expect(() => simulate({ ...base, scheduler: { ...plainScheduler, blockTokens: 1.5 } })).toThrow(
      RangeError,
    )
  })
})

it('an engine starts with its own policy and as many blocks as its cache holds', () => {
  const scheduler = schedulerOf('trtllm', {
    maxBatchedTokens: 8192,
    maxSequences: 256,
    prefixCache: true,
    kvTokens: 100_007,
  })
  expect(scheduler).toMatchObject({
    kvBlocks: 6250,
    blockTokens: 16,
    mixedSteps: true,
    chunkedPrefill: false,
  })
  const report = simulate({ ...closed(32, 64), scheduler })
  expect(report.requests.completed).toBe(64)
  expect(report.preemptions).toBe(0)
})
