// What a running system stands on, opened once and kept across reloads: directory lock, database, keys, ledger,
// counters, knowledge process, job queue, metrics. `build-system.ts` puts a system on top of it.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createKeyring, type Keyring } from '../access/index.js'
import { type AuditLog, openAuditLog } from '../audit/index.js'
import { type Catalogue, loadCatalogue } from '../catalog/index.js'
import { endLeftResponses } from '../conversations/index.js'
import { type Clock, createRandom, type Log, systemClock } from '../core/index.js'
import {
  type BackgroundRuns,
  createBackgroundRuns,
  createResilience,
  type Resilience,
} from '../gateway/index.js'
import { createJobQueue, type JobQueue } from '../jobs/index.js'
import { type Counters, createCounters, type Ledger, openLedger } from '../ledger/index.js'
import type { Store } from '../store/index.js'
import {
  acquireDirectoryLock,
  type DirectoryLock,
  type SupervisedChild,
  superviseChild,
} from '../supervisor/index.js'
import { createMetrics, type Metrics } from '../telemetry/index.js'
import { childEnvironment } from './child-environment.js'
import { createEnginePool, type EnginePool } from './launch/engine-pool.js'
import { openDatabase } from './open-database.js'
import { processEntry } from './package-file.js'
import { createPriceBook, type PriceBook } from './price-book.js'
import { auditDirectory } from './project.js'
import { systemTables } from './system-tables.js'

/** Its index works in threads of its own: the main thread of the knowledge process is never busy for so long. */
const knowledgeHealth = { everyMs: 5_000, misses: 3 }

export interface Resources {
  readonly stateDirectory: string
  readonly lock: DirectoryLock
  readonly catalogue: Catalogue
  readonly keyring: Keyring
  readonly counters: Counters
  readonly ledger: Ledger
  /** Opened when a system first asks for it: an architecture may do without. */
  readonly audit: () => AuditLog
  readonly jobs: JobQueue
  /** For what a system keeps on its own terms: responses, for a time that its architecture says. */
  readonly store: Store
  /** Index and parsers, in a child: a crash there is a failed search or a failed document. */
  readonly knowledgeProcess: SupervisedChild
  /** The engines that run on this machine. */
  readonly engines: EnginePool
  /** Breakers and queues of deployments, kept across reloads. */
  readonly resilience: Resilience
  /** Responses that are answered in the background, across reloads. */
  readonly runs: BackgroundRuns
  readonly metrics: Metrics
  readonly prices: PriceBook
  readonly log: Log
  readonly clock: Clock
  /** Closes everything in reverse order; waits for what is being written. */
  close(): Promise<void>
}

export interface ResourceOptions {
  readonly stateDirectory: string
  readonly databaseUrl: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly clock?: Clock
  /** Called as soon as the directory is ours, and awaited before anything is started in it. */
  readonly onLocked?: () => Promise<void> | void
}

/**
 * Opens the state of a system; one process at a time may.
 * @throws `supervisor.directory-locked` when another process has it, and the rooms' own errors
 */
export const openResources = async (options: ResourceOptions): Promise<Resources> => {
  const { stateDirectory, log, environment, clock = systemClock } = options
  const closers: (() => Promise<void>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  const opened = <T extends { close(): Promise<void> | void }>(resource: T): T => {
    closers.push(async () => resource.close())
    return resource
  }
  try {
    const lock = await acquireDirectoryLock(stateDirectory, {}, { waitMs: 3000, clock })
    closers.push(() => lock.release())
    await options.onLocked?.()
    const engines = opened(createEnginePool({ stateDirectory, environment, clock, log }))
    // Both children start at the same time: each needs a second or two.
    const knowledgeProcess = opened(
      superviseChild({
        name: 'knowledge',
        entry: processEntry('knowledge'),
        args: { directory: join(stateDirectory, 'knowledge') },
        env: childEnvironment(environment),
        clock,
        log,
        health: knowledgeHealth,
      }),
    )
    // Awaited below, after the database; until then a failure must not end the process.
    knowledgeProcess.ready.catch(() => {})
    const database = opened(
      await openDatabase({ stateDirectory, url: options.databaseUrl, environment, log, clock }),
    )
    const { store } = database
    for (const { domain, migrations } of systemTables) await store.migrate(domain, migrations)
    // Nobody else uses this database, so what was running has lost its process.
    if (database.child) await endLeftResponses(store)
    const keyring = opened(await createKeyring({ store, clock, log }))
    const catalogue = loadCatalogue()
    const prices = createPriceBook(catalogue)
    const counters = createCounters({ clock })
    const ledger = opened(
      await openLedger({
        directory: join(stateDirectory, 'journal'),
        store,
        clock,
        price: prices.price,
        counters,
        log,
      }),
    )
    let auditLog: AuditLog | undefined
    const audit = () => {
      if (auditLog) return auditLog
      const kept = opened(openAuditLog({ directory: auditDirectory(stateDirectory), clock, log }))
      metrics.observeAudit(kept.health)
      auditLog = kept
      return kept
    }
    const jobs = opened(createJobQueue({ store, clock, log, soleWorker: database.child !== undefined }))
    const random = createRandom(randomBytes(16).toString('hex'))
    const resilience = opened(createResilience({ clock, counters, random, log }))
    const metrics = createMetrics()
    metrics.observeDeployments(resilience.states)
    metrics.observeLedger(() => ledger.health())
    metrics.observeEngines(engines.observe)
    await knowledgeProcess.ready
    return {
      stateDirectory,
      lock,
      catalogue,
      keyring,
      counters,
      ledger,
      audit,
      jobs,
      store,
      knowledgeProcess,
      engines,
      resilience,
      runs: createBackgroundRuns(),
      metrics,
      prices,
      log,
      clock,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
