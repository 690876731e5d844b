// Discrete-event simulation of replicas with continuous batching behind a balancer. Exact: every step of every
// replica is priced and takes its place in time; what is skipped is only the bookkeeping of single tokens, since
// between two events of a sequence (it joins, fills a block, ends) its steps are alike (decode-batch.ts).
// Pure and seeded: the same options give the same report on every machine.

import { createRandom } from '../../core/random.js'
import { type ApiServer, createApiServer } from './api-server.js'
import { type Balancing, createBalancer } from './balancer.js'
import { createMeter, type GoodputLimits } from './meter.js'
import { createReplica, type Replica, type ReplicaObserver } from './replica.js'
import { blocksAtEnd, checkScheduler, type Scheduler } from './scheduler.js'
import { createSequence, type Sequence } from './sequence.js'
import type { RequestRecord, SimulationReport } from './simulation-report.js'
import { createStepsFor } from './speculation.js'
import type { StepCost } from './step-cost.js'
import { createTrafficSource, type SimulatedTraffic } from './traffic-source.js'

export interface SimulationOptions {
  readonly traffic: SimulatedTraffic
  readonly scheduler: Scheduler
  readonly cost: StepCost
  /** Default 1. */
  readonly replicas?: number
  /** Default least-loaded. */
  readonly balancing?: Balancing
  /** What comes while so many are in flight is rejected, as by a gateway that asks somebody else; default no limit. */
  readonly mostInFlight?: number
  /** One per replica; default none: requests are with the scheduler as they arrive. */
  readonly apiServer?: ApiServer
  /** Requests at the start that are not measured; default 0. */
  readonly warmUpRequests?: number
  readonly goodput?: GoodputLimits
  readonly seed: string | number
  /** Told of every request as it ends, in order of time, the warm-up included. */
  readonly onRequest?: (record: RequestRecord) => void
  /** Told of every request that no replica can ever hold, or that came beyond `mostInFlight`. */
  readonly onRejected?: (
    request: Pick<RequestRecord, 'id' | 'arrivalMs' | 'inputTokens' | 'outputTokens'>,
  ) => void
}

/**
 * Runs until every request has ended or was rejected.
 * @throws RangeError for settings that make no sense, or a step that takes no time
 */
export const simulate = (options: SimulationOptions): SimulationReport => {
  const { scheduler, replicas: count = 1, warmUpRequests = 0, goodput, seed } = options
  checkScheduler(scheduler)
  const source = createTrafficSource(options.traffic, seed)
  const meter = createMeter({
    warmUpRequests,
    goodput,
    replicas: count,
    blocksPerReplica: scheduler.kvBlocks,
  })
  const observer: ReplicaObserver = {
    onGap: meter.gap,
    onStep: meter.step,
    onPreempted: meter.preempted,
    onEnd: (sequence, endMs) => {
      meter.ended(sequence, endMs)
      source.ended(endMs)
      options.onRequest?.(recordOf(sequence, endMs))
    },
  }
  const stepsFor = createStepsFor(scheduler.speculation, createRandom(`${seed} speculation`))
  const cost = checked(options.cost)
  const replicas = Array.from({ length: count }, () => createReplica({ scheduler, cost, stepsFor, observer }))
  const arrive = createArrivals(options, replicas, {
    onSent: meter.sent,
    onRejected: (sequence) => {
      meter.rejected()
      source.ended(sequence.atMs)
      const { id, atMs, inputTokens, outputTokens } = sequence
      options.onRejected?.({ id, arrivalMs: atMs, inputTokens, outputTokens })
    },
  })
  // Where clients wait for answers, an end elsewhere may send a request here.
  const isOpen = 'trace' in options.traffic || options.traffic.arrivals.kind !== 'closed'
  const horizonOf = (replica: Replica): number =>
    isOpen
      ? source.nextMs
      : replicas.reduce((ms, other) => (other === replica ? ms : Math.min(ms, other.nextMs)), source.nextMs)
  let id = 0
  for (;;) {
    const replica = earliest(replicas)
    // At one moment steps end first, then requests arrive, then steps begin: a step that begins sees them all.
    if (replica.isBusy && replica.nextMs <= source.nextMs) replica.complete()
    else if (source.nextMs <= replica.nextMs && Number.isFinite(source.nextMs))
      arrive(createSequence(source.take(), id++))
    else if (Number.isFinite(replica.nextMs)) replica.begin(horizonOf(replica))
    else break
  }
  const report = meter.report()
  checkEnd(report, source.requests, scheduler, replicas)
  return report
}

/** What must hold after the last event, whatever the options. */
const checkEnd = (
  { requests: { sent, completed, rejected } }: SimulationReport,
  requests: number,
  { kvBlocks }: Scheduler,
  replicas: readonly Replica[],
): void => {
  if (sent !== requests || completed + rejected !== sent)
    throw new Error(
      `Of ${requests} requests ${sent} were sent, ${completed} ended, ${rejected} were rejected`,
    )
  if (replicas.some(({ freeBlocks }) => freeBlocks !== kvBlocks)) throw new Error('Blocks were lost')
}

/** The replica with the next event; of several at one moment one whose step ends. */
const earliest = (replicas: readonly Replica[]): Replica => {
  let best = replicas[0] as Replica
  for (let i = 1; i < replicas.length; i++) {
    const replica = replicas[i] as Replica
    if (replica.nextMs > best.nextMs) continue
    if (replica.nextMs < best.nextMs || (replica.isBusy && !best.isBusy)) best = replica
  }
  return best
}

const createArrivals = (
  {
    scheduler,
    balancing = 'least-loaded',
    apiServer,
    mostInFlight = Number.POSITIVE_INFINITY,
  }: SimulationOptions,
  replicas: readonly Replica[],
  events: { onSent(sequence: Sequence): void; onRejected(sequence: Sequence): void },
) => {
  const next = createBalancer(replicas, balancing)
  const apiServers = replicas.map(() => createApiServer(apiServer))
  return (sequence: Sequence): void => {
    events.onSent(sequence)
    if (!canEverRun(scheduler, sequence) || inFlightOf(replicas) >= mostInFlight) {
      events.onRejected(sequence)
      return
    }
    const index = next()
    sequence.replica = index
    sequence.readyMs = apiServers[index]?.(sequence.atMs, sequence.inputTokens) ?? sequence.atMs
    replicas[index]?.deliver(sequence, sequence.atMs)
  }
}

const inFlightOf = (replicas: readonly Replica[]): number =>
  replicas.reduce((sum, { inFlight }) => sum + inFlight, 0)

const canEverRun = (scheduler: Scheduler, { inputTokens, outputTokens }: Sequence): boolean =>
  blocksAtEnd(scheduler, inputTokens, outputTokens) <= scheduler.kvBlocks &&
  (scheduler.chunkedPrefill || inputTokens <= scheduler.maxBatchedTokens)

const checked = (cost: StepCost): StepCost => ({
  stepMs: (step) => {
    const ms = cost.stepMs(step)
    if (!(ms > 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`A step cannot take ${ms} ms`)
    return ms
  },
})

const recordOf = (sequence: Sequence, endMs: number): RequestRecord => ({
  id: sequence.id,
  replica: sequence.replica,
  arrivalMs: sequence.atMs,
  scheduledMs: sequence.scheduledMs,
  firstTokenMs: sequence.firstTokenMs,
  endMs,
  inputTokens: sequence.inputTokens,
  outputTokens: sequence.outputTokens,
  cachedTokens: sequence.cachedTokens,
  preemptions: sequence.preemptions,
})
