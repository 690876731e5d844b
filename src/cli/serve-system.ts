// A system that listens: resources, the system built on them, and the server in front; reload swaps the middle.

import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { Log, Message } from '../core/index.js'
import { canAnswer, createHttpServer } from '../gateway/index.js'
import type { Architecture } from '../spec/index.js'
import { buildSystem, type System } from './build-system.js'
import type { EngineProgress } from './launch/engine-pool.js'
import { prepareLaunches } from './launch/prepare-launches.js'
import { cliError } from './messages.js'
import { openResources, type Resources } from './open-resources.js'
import { loadArchitecture } from './project.js'
import { resolveSecret } from './resolve-secret.js'

export interface ServingSystem {
  readonly url: string
  readonly adminToken: string
  readonly resources: Resources
  /** The system in force. */
  current(): System
  /** Builds and probes a second system from the file as it is now, swaps, and drains the first. A file that could not start changes nothing. */
  reload(): Promise<System>
  /** Stops taking requests, lets those under way finish, closes everything. */
  close(): Promise<void>
}

export interface ServeOptions {
  readonly architectureFile: string
  readonly stateDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** Opened already, for this state directory; closed with the system. Default: opened here. */
  readonly resources?: Promise<Resources>
  /** Overrides server.port; 0 = any free port. */
  readonly port?: number
  /** Whether the engines that the architecture launches are started; without them only the rest answers. Default true. */
  readonly withEngines?: boolean
  /** Ends the wait for engines that load. */
  readonly signal?: AbortSignal
  readonly onEngine?: (progress: EngineProgress) => void
  /** What is worth knowing about engines and keeps none from starting. */
  readonly onRemark?: (remark: Message) => void
}

/**
 * Serves also where engines do not start, as long as some route can answer: `onEngine` is told, and they are tried again.
 * @throws `cli.port-in-use` | `cli.cannot-listen` | `spec.invalid` and the errors of resources and engines
 */
export const serveSystem = async (options: ServeOptions): Promise<ServingSystem> => {
  const { architectureFile, stateDirectory, environment, log } = options
  const directory = dirname(architectureFile)
  const first = loadArchitecture(architectureFile)
  const fixedOf = ({ server: { host, port }, store: { url } }: Architecture): FixedAtStart => ({
    'server.host': host,
    'server.port': options.port === undefined ? port : undefined,
    'store.url': url && resolveSecret(url, 'store.url', { environment, directory }),
  })
  const fixed = fixedOf(first.value)
  const resources = await (options.resources ??
    openResources({ stateDirectory, databaseUrl: fixed['store.url'], environment, log }))
  const adminToken = `la-admin-${randomBytes(24).toString('base64url')}`
  const closing = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal
  /** @param mayMiss whether the engine of a deployment may be missing as long as some route can answer */
  const prepare = async (file: typeof first, mayMiss: (deployment: string) => boolean) => {
    const { value: architecture, text } = file
    const { engines, catalogue } = resources
    const { withEngines = true, onRemark } = options
    const checking = { directory, stateDirectory, environment, catalogue, signal, onRemark }
    const launches = withEngines ? await prepareLaunches(architecture, checking) : []
    const next = await buildSystem({
      architecture,
      text,
      directory,
      environment,
      adminToken,
      resources,
      launches,
    })
    try {
      const drainMs = architecture.server.drainSeconds * 1000
      const canMiss = (missing: ReadonlySet<string>) =>
        [...missing].every(mayMiss) && someRouteAnswers(architecture, missing)
      const change = await engines.change(launches, {
        signal,
        drainMs,
        canMiss,
        onProgress: options.onEngine,
      })
      return { next, change }
    } catch (error) {
      await next.close()
      throw error
    }
  }
  let built: System | undefined
  let server: Server | undefined
  try {
    const { host } = first.value.server
    const wantedPort = options.port ?? first.value.server.port
    await assertPortFree(host, wantedPort)
    const { next: firstSystem, change } = await prepare(first, () => true)
    let system = firstSystem
    built = firstSystem
    let reloading: Promise<unknown> = Promise.resolve()
    change.adopt()
    await system.probe()
    const opened = createHttpServer(() => system.handle)
    server = opened
    const port = await listen(opened, host, wantedPort)
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    await resources.lock.update({ url, adminToken })
    system.startBatches()
    const reload = async () => {
      const file = loadArchitecture(architectureFile)
      requireSame(fixed, fixedOf(file.value))
      // A reload makes nothing worse: only what is missing already may still be.
      const missing = resources.engines.missing()
      const { next, change } = await prepare(file, (id) => missing.has(id))
      await next.probe()
      const previous = system
      system = next
      change.adopt()
      await previous.drain(next.architecture.server.drainSeconds * 1000)
      await previous.close()
      next.startBatches()
      await change.retire()
      return next
    }
    return {
      url,
      adminToken,
      resources,
      current: () => system,
      reload: () => {
        // One after the other: two that overlap would each end engines that the other needs.
        const reloaded = reloading.then(reload)
        // Its caller hears of it; the next one only waits for its end.
        reloading = reloaded.catch(() => {})
        return reloaded
      },
      close: async () => {
        closing.abort()
        await reloading
        const closed = new Promise<void>((resolve) => opened.close(() => resolve()))
        await system.drain(system.architecture.server.drainSeconds * 1000)
        opened.closeAllConnections()
        await closed
        await system.close()
        await resources.close()
      },
    }
  } catch (error) {
    server?.close()
    await built?.close()
    await resources.close()
    throw error
  }
}

const someRouteAnswers = ({ routes }: Architecture, missing: ReadonlySet<string>): boolean =>
  routes.some(({ strategy }) => canAnswer(strategy, (id) => !missing.has(id)))

/** What is opened once, with its value; undefined where the file does not decide it. */
interface FixedAtStart {
  readonly 'server.host': string
  readonly 'server.port': number | undefined
  readonly 'store.url': string | undefined
}

/** @throws `cli.restart-needed`, which names the fields and none of their values: one of them is a secret */
const requireSame = (before: FixedAtStart, after: FixedAtStart): void => {
  const names = Object.keys(before) as (keyof FixedAtStart)[]
  const changed = names.filter((name) => before[name] !== after[name])
  if (changed.length > 0) throw cliError('cli.restart-needed', { fields: changed.join(', ') })
}

/** Engines load for minutes: that the port is taken must not be found out after that. */
const assertPortFree = async (host: string, port: number): Promise<void> => {
  if (port === 0) return
  const server = createServer()
  await listen(server, host, port)
  await new Promise((resolve) => server.close(resolve))
}

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? cliError('cli.port-in-use', { host, port })
          : cliError('cli.cannot-listen', { host, port, detail: cause.message }, { cause }),
      ),
    )
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
