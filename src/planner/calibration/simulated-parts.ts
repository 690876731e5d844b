// A closed loop of one replica, simulated, with its times in parts that a calibration can scale: what a mean token and
// a mean first token wait for. Knows no measurement.

import { uniformTokens } from '../simulator/lengths.js'
import type { Scheduler } from '../simulator/scheduler.js'
import { simulate } from '../simulator/simulate.js'
import type { SimulationReport } from '../simulator/simulation-report.js'
import type { StepCost } from '../simulator/step-cost.js'
import type { Parts } from '../speed/calibrate.js'
import type { StepModel } from '../speed/roofline.js'

/** What a benchmark client sends; lengths are uniform from the shortest to the longest. */
export interface ClientLoad {
  readonly concurrency: number
  readonly inputTokens: readonly [number, number]
  readonly outputTokens: readonly [number, number]
}

export interface SimulatedLoad {
  readonly report: SimulationReport
  readonly tpot: Parts
  readonly ttft: Parts
}

/** Time that API server and engine share a processor for, for each request in flight, ms. */
export interface SimulatedDeployment {
  readonly steps: StepModel
  readonly scheduler: Scheduler
  readonly seed: string
}

const requestsPerClient = 40

/** Means of `tpot` and `ttft` are sums of their parts: weights, cache, exchange, overheads, sequences, prompts, request. */
export const simulateLoad = (
  { steps, scheduler, seed }: SimulatedDeployment,
  load: ClientLoad,
): SimulatedLoad => {
  const { concurrency } = load
  const parts = createPartSums(steps)
  const report = simulate({
    seed,
    scheduler,
    cost: parts.cost,
    warmUpRequests: 2 * concurrency,
    apiServer: { msPerRequest: 0, delayMs: steps.requestOverheadMs },
    traffic: {
      arrivals: { kind: 'closed', concurrency },
      requests: requestsPerClient * concurrency + 2 * concurrency,
      inputTokens: uniformTokens(...load.inputTokens),
      outputTokens: uniformTokens(...load.outputTokens),
    },
  })
  const { requestOverheadMs } = steps
  return {
    report,
    tpot: scaledTo(parts.ofToken(), report.tpotMs.mean),
    ttft: {
      requestMs: requestOverheadMs,
      ...scaledTo(parts.ofFirst(), Math.max(0, report.ttftMs.mean - requestOverheadMs)),
    },
  }
}

/** Sums over steps, of those that write by the sequences that wait for them, of those that read by their prompts. */
const createPartSums = (steps: StepModel) => {
  const token: Record<string, number> = {}
  const first: Record<string, number> = {}
  const add = (sums: Record<string, number>, parts: Parts, weight: number) => {
    for (const [name, part] of Object.entries(parts)) sums[name] = (sums[name] ?? 0) + weight * part
  }
  const cost: StepCost = {
    stepMs: (step) => {
      const { decodeSequences, decodeContextTokens, prefillTokens, prefillPairs, prefillSequences } = step
      const sequences = Math.max(1, decodeSequences)
      const decode = steps.partsAt(Math.max(1, decodeContextTokens / sequences))(sequences)
      const before = prefillTokens > 0 ? prefillPairs / prefillTokens - prefillTokens / 2 : 0
      const readMs = prefillTokens > 0 ? steps.prefillMs(before + prefillTokens, before) : 0
      const share = decodeSequences > 0 ? steps.interference : 1
      const all: Parts = { ...decode, promptMs: share * readMs }
      add(token, all, decodeSequences)
      add(first, all, prefillSequences)
      return Object.values(all).reduce((sum, part) => sum + part, 0)
    },
  }
  return { cost, ofToken: () => token, ofFirst: () => first }
}

const scaledTo = (parts: Parts, total: number): Parts => {
  const sum = Object.values(parts).reduce((all, part) => all + part, 0)
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, sum > 0 ? (part * total) / sum : 0]),
  )
}
