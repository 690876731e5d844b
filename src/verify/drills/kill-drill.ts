// Kills a system under load with SIGKILL, starts it again on the same state, and looks up every answer that a client
// had received whole: its ledger row must be there, settled. Child processes must end by themselves.

import { ArchitectError, type Clock, createRandom, type Message } from '../../core/index.js'
import type { Interval } from '../../stats/index.js'
import { note } from '../messages.js'
import type { ProvingInstance } from '../ports.js'
import type { ChatReply } from '../read-reply.js'
import { askAll } from '../suites/ask-all.js'
import { createSystemClient } from '../system-client.js'
import { drillQuestion } from './invoice-drill.js'
import { descendantsOf, listProcesses, type ProcessEntry, stillRunning } from './process-tree.js'

export interface KillDrill {
  readonly instance: ProvingInstance
  /** Starts the system again on the state directory of the one that was killed. */
  readonly restart: () => Promise<ProvingInstance>
  readonly model: string
  readonly requests: number
  readonly seed: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface KillDrillResult {
  /** Recovered / acknowledged. */
  readonly survival: Interval
  /** Child processes stayed behind, or the system did not start again. */
  readonly isBroken: boolean
  readonly notes: readonly Message[]
}

const concurrency = 8
const orphanWaitMs = 10_000
const orphanPollMs = 50
/** The kill comes up to this long after an answer, so that it meets every phase of the others under way. */
const maxDelayMs = 50

export const runKillDrill = async (drill: KillDrill): Promise<KillDrillResult> => {
  const { instance, clock } = drill
  const fromMs = clock.wallMs()
  const startedMs = clock.monotonicMs()
  const children = descendantsOf(instance.pid, await listProcesses())
  const { acknowledged, killedMs } = await loadUntilKilled(drill)
  const orphans = await waitForOrphans(children, drill)
  const restartedMs = clock.monotonicMs()
  const recovery = await recover(drill, fromMs)
  const recovered = acknowledged.filter((id) => recovery.requestIds.has(id)).length
  const n = acknowledged.length
  const share = n === 0 ? Number.NaN : recovered / n
  return {
    survival: { value: share, low: n === 0 ? null : share, high: n === 0 ? null : share, n },
    isBroken: orphans > 0 || recovery.failure !== undefined,
    notes: [
      note('verify.note.killed', {
        acknowledged: n,
        lost: n - recovered,
        pid: instance.pid,
        afterMs: killedMs - startedMs,
        children: children.length,
        orphans,
        restartMs: clock.monotonicMs() - restartedMs,
      }),
      note('verify.note.census', { n }),
      ...(recovery.failure ? [note('verify.note.failed-to-run', { detail: recovery.failure.message })] : []),
    ],
  }
}

/** @returns the ids of the requests whose answers came whole */
const loadUntilKilled = async ({ instance, model, requests, seed, clock, signal }: KillDrill) => {
  const client = createSystemClient({ baseUrl: instance.url })
  const random = createRandom(`${seed} kill`)
  const killAfterAnswers = Math.floor(requests * (0.3 + 0.4 * random.next()))
  const delayMs = maxDelayMs * random.next()
  let answered = 0
  let kill: Promise<number> | undefined
  const killNow = async () => {
    await clock.sleep(delayMs)
    const atMs = clock.monotonicMs()
    await instance.kill('SIGKILL')
    return atMs
  }
  const numbers = Array.from({ length: requests }, (_, i) => i)
  const replies = await askAll(
    numbers,
    (i) => client.chat({ model, question: drillQuestion(i), stream: i % 4 !== 0, signal }),
    {
      concurrency,
      signal,
      onDone: () => {
        answered += 1
        if (answered >= killAfterAnswers) kill ??= killNow()
      },
    },
  )
  const killedMs = await (kill ?? killNow())
  await client.close()
  return { acknowledged: replies.flatMap(acknowledgedId), killedMs }
}

const acknowledgedId = (reply: ChatReply | undefined): string[] =>
  reply?.status === 200 && reply.isComplete && reply.requestId !== null ? [reply.requestId] : []

/** @returns how many of the processes outlived their parent by more than the time they are given */
const waitForOrphans = async (children: readonly ProcessEntry[], { clock, signal }: KillDrill) => {
  const deadlineMs = clock.monotonicMs() + orphanWaitMs
  for (;;) {
    const left = await stillRunning(children)
    if (left.length === 0 || clock.monotonicMs() >= deadlineMs) return left.length
    await clock.sleep(orphanPollMs, signal)
  }
}

interface Recovery {
  /** Requests with a settled row. */
  readonly requestIds: ReadonlySet<string>
  readonly failure?: ArchitectError
}

const recover = async ({ restart, signal }: KillDrill, fromMs: number): Promise<Recovery> => {
  let instance: ProvingInstance | undefined
  try {
    instance = await restart()
    await instance.waitReady(signal)
    const client = createSystemClient({ baseUrl: instance.url, adminToken: instance.adminToken })
    const rows = await client.ledger(fromMs)
    await client.close()
    return { requestIds: new Set(rows.filter(({ end }) => end === 'finished').map((row) => row.requestId)) }
  } catch (error) {
    if (!(error instanceof ArchitectError)) throw error
    return { requestIds: new Set(), failure: error }
  } finally {
    await instance?.stop()
  }
}
