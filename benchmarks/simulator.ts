// How long 100,000 requests take to simulate, at several loads and policies, and how far the simulator is from
// queueing theory over two million. Run after `npm run build`:
//   node benchmarks/simulator.ts [--requests 100000] [--json]
// Times are CPU seconds of the process, beside seconds on the clock: the machine may be doing other things.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { fixedTokens, logNormalTokens } from '../dist/planner/simulator/lengths.js'
import { stepPolicies } from '../dist/planner/simulator/scheduler.js'
import { type SimulationOptions, simulate } from '../dist/planner/simulator/simulate.js'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
})
const requests = Number(values.requests)

/** Prompts of 1,000 tokens and answers of 250 at the median: about 300 at the mean. */
const traffic = (arrivals: object) => ({
  arrivals,
  requests,
  inputTokens: logNormalTokens({ p50: 1000, p95: 3000, atMost: 8000 }),
  outputTokens: logNormalTokens({ p50: 250, p95: 700, atMost: 4000 }),
})
const scheduler = {
  ...stepPolicies.vllm,
  maxBatchedTokens: 8192,
  maxSequences: 256,
  kvBlocks: 20_000,
  blockTokens: 16,
  prefixCache: true,
}
const cost: SimulationOptions['cost'] = {
  stepMs: (step) =>
    8 +
    0.02 * step.decodeSequences +
    2e-5 * step.decodeContextTokens +
    0.02 * step.prefillTokens +
    1e-7 * step.prefillPairs,
}
const poisson = (requestsPerSecond: number) => traffic({ kind: 'poisson', requestsPerSecond })
const cases: Record<string, Partial<SimulationOptions>> = {
  'almost idle, 0.1 a second': { traffic: poisson(0.1) },
  'light, 1 a second': { traffic: poisson(1) },
  'loaded, 10 a second': { traffic: poisson(10) },
  'loaded, prompts first': { traffic: poisson(10), scheduler: { ...scheduler, ...stepPolicies.sglang } },
  'loaded, speculation': {
    traffic: poisson(10),
    scheduler: { ...scheduler, speculation: { draftTokens: 3, acceptance: 0.7 } },
  },
  'loaded, 100 shared prefixes': {
    traffic: { ...poisson(10), prefixes: { count: 100, tokens: 800 } },
  },
  'overloaded, preempting': { traffic: poisson(40) },
  'closed loop of 128': { traffic: traffic({ kind: 'closed', concurrency: 128 }) },
  'eight replicas, bursts': {
    traffic: traffic({ kind: 'gamma', requestsPerSecond: 80, variation: 3 }),
    replicas: 8,
  },
} as Record<string, Partial<SimulationOptions>>

const timed = (name: string, options: Partial<SimulationOptions>) => {
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const report = simulate({ seed: 1, scheduler, cost, traffic: poisson(1), ...options })
  const seconds = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    name,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    steps: report.steps,
    preemptions: report.preemptions,
  }
}

/** Mean wait of M/D/1 at load 0.7 over that of Pollaczek and Khinchine, less 1. */
const errorOfMd1 = () => {
  const load = 0.7
  const { queueMs } = simulate({
    seed: 1,
    traffic: {
      arrivals: { kind: 'poisson', requestsPerSecond: 10 * load },
      requests: 2_000_000,
      inputTokens: fixedTokens(1000),
      outputTokens: fixedTokens(1),
    },
    scheduler: { ...scheduler, maxSequences: 1, maxBatchedTokens: 1e9, prefixCache: false },
    cost: { stepMs: ({ prefillTokens }) => prefillTokens * 0.1 },
    warmUpRequests: 2000,
  })
  return queueMs.mean / ((load * 100) / (2 * (1 - load))) - 1
}

const results = Object.entries(cases).map(([name, options]) => timed(name, options))
const md1ErrorPct = 100 * errorOfMd1()
if (values.json)
  process.stdout.write(`${JSON.stringify({ requests, cpu: cpus()[0]?.model, results, md1ErrorPct })}\n`)
else {
  process.stdout.write(`${requests.toLocaleString('en-US')} requests on ${cpus()[0]?.model}\n`)
  for (const { name, seconds, cpuSeconds, steps, preemptions } of results)
    process.stdout.write(
      `${name.padEnd(30)} ${seconds.toFixed(2).padStart(7)} s  ${cpuSeconds.toFixed(2).padStart(7)} s CPU  ${steps
        .toLocaleString('en-US')
        .padStart(12)} steps  ${preemptions.toLocaleString('en-US').padStart(8)} preemptions\n`,
    )
  process.stdout.write(`M/D/1 at load 0.7, 2,000,000 requests: ${md1ErrorPct.toFixed(2)} % off theory\n`)
}
