// One round of killing: a system under load loses a process at a random moment. What was acknowledged must be in the
// ledger afterwards, no process may be left over, and the next start must be clean.

import { setTimeout as delay } from 'node:timers/promises'
import { readAuditLog, verifyAuditLog } from '../../src/audit/index.js'
import { auditDirectory, projectOf } from '../../src/cli/project.js'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import type { Random } from '../../src/core/index.js'
import { ask } from './ask.js'
import { childrenOf, leftOver, type Relative } from './processes.js'

export type Victim = 'parent' | 'database' | 'knowledge'

export interface KillRound {
  readonly victim: Victim
  /** Requests whose whole answer the client had. */
  readonly acknowledged: number
  /** Acknowledged requests that the ledger does not know afterwards. */
  readonly lost: readonly string[]
  /** Acknowledged requests that are not in the audit log afterwards. */
  readonly unaudited: readonly string[]
  /** What is wrong with the audit log afterwards. */
  readonly auditProblems: readonly string[]
  /** Processes of the killed system that were still there 5 s later. */
  readonly orphans: readonly number[]
}

export interface KillRoundOptions {
  readonly architectureFile: string
  readonly model: string
  readonly victim: Victim
  readonly random: Random
  readonly clients?: number
}

const loadMs = 1500

export const runKillRound = async (options: KillRoundOptions): Promise<KillRound> => {
  const { architectureFile, victim } = options
  const system = await startServeProcess(architectureFile)
  await system.ready
  const family = childrenOf(system.pid)
  const acknowledged = await loadAndKill(system, family, options)
  if (victim === 'parent') await system.exited
  else await untilHealthy(system.url)
  const orphans = victim === 'parent' ? await leftOver(family.map(({ pid }) => pid)) : []
  const after = victim === 'parent' ? await startServeProcess(architectureFile) : system
  await after.ready
  const known = await requestsInLedger(after)
  const auditLog = auditDirectory(projectOf(architectureFile).stateDirectory)
  const audited = new Set(
    readAuditLog(auditLog, { limit: 1e6 }).map((entry) => entry.type === 'request' && entry.requestId),
  )
  after.stop()
  await after.exited
  return {
    victim,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !known.has(id)),
    unaudited: acknowledged.filter((id) => !audited.has(id)),
    auditProblems: verifyAuditLog({ directory: auditLog }).problems.map(({ code }) => code),
    orphans,
  }
}

const loadAndKill = async (
  system: ServeProcess,
  family: readonly Relative[],
  options: KillRoundOptions,
): Promise<string[]> => {
  const { victim, random, model, clients = 4 } = options
  const acknowledged: string[] = []
  const stop = new AbortController()
  const client = async () => {
    while (!stop.signal.aborted) {
      const answer = await ask(system.url, model, 'What does a transfer cost?').catch(() => undefined)
      if (answer?.status === 200) acknowledged.push(answer.requestId)
    }
  }
  const load = Promise.all(Array.from({ length: clients }, client))
  await delay(300 + random.integer(loadMs - 300))
  const pid =
    victim === 'parent'
      ? system.pid
      : family.find(({ command }) => command.includes(`bundle/${victim}.js`))?.pid
  if (pid === undefined) throw new Error(`there is no ${victim} process`)
  process.kill(pid, 'SIGKILL')
  // A killed child is restarted under load; a killed parent answers nobody any more.
  await delay(victim === 'parent' ? 50 : 1000)
  stop.abort()
  await load
  return acknowledged
}

const untilHealthy = async (url: string): Promise<void> => {
  const deadlineMs = performance.now() + 20_000
  for (;;) {
    const response = await fetch(`${url}/health`).catch(() => undefined)
    if (response?.status === 200) return
    if (performance.now() > deadlineMs)
      throw new Error(`not healthy again within 20 s: ${await response?.text()}`)
    await delay(100)
  }
}

const requestsInLedger = async (system: ServeProcess): Promise<Set<string>> => {
  const ids = new Set<string>()
  let after = ''
  for (;;) {
    const page = await callAdmin<{ rows: { requestId: string }[]; next: string | null }>(system, {
      path: `/admin/ledger?limit=1000${after && `&after=${encodeURIComponent(after)}`}`,
    })
    for (const { requestId } of page.rows) ids.add(requestId)
    if (page.next === null) return ids
    after = page.next
  }
}
