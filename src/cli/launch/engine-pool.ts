// The engines that run on this machine for the architecture in force. They outlive a reload: an engine whose launch
// is unchanged goes on running, a changed one is ready on its new port before the old one ends, and on the same port
// it takes the old one's place. Knows no request.

import { type Message, toArchitectError } from '../../core/index.js'
import { type ChatModel, llmError } from '../../llm/index.js'
import type { EngineGauges, EngineObservation, GpuMemory } from '../../telemetry/index.js'
import { endLeftOverEngines } from './engine-files.js'
import type { EngineLaunch } from './engine-launch.js'
import { watchGpuMemory } from './gpu-memory.js'
import { type EngineDeps, type EngineState, type RunningEngine, startEngine } from './running-engine.js'

export type EngineProgress = { readonly engine: string; readonly seconds: number } & (
  | { readonly state: 'loading' | 'ready' }
  /** It did not start, the system goes on without it, and it is tried again. */
  | { readonly state: 'missing'; readonly reason: Message }
)

export interface ChangeOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: EngineProgress) => void) | undefined
  /** What requests at an engine that is replaced get before it ends. */
  readonly drainMs: number
  /** Whether the system can do without these deployments, whose engines do not start. Default: without none. */
  readonly canMiss?: ((deployments: ReadonlySet<string>) => boolean) | undefined
}

/** Engines of the next architecture run; those that only the last one needs do too. */
export interface EngineChange {
  /** The next architecture is in force from now on. */
  adopt(): void
  /** Nobody uses the last one any more: what only it needed ends. */
  retire(): Promise<void>
}

export interface EnginePool {
  /**
   * Starts what is missing, and waits until all of it is ready, but for what can be missed.
   * @throws what keeps an engine from starting that cannot be missed, after everything is as it was before
   */
  change(launches: readonly EngineLaunch[], options: ChangeOptions): Promise<EngineChange>
  /** By deployment; one that is not started here is not in it. */
  states(): ReadonlyMap<string, EngineState>
  /** Deployments in force whose engines could not be started yet. */
  missing(): ReadonlySet<string>
  observe(): EngineObservation
  /** The model, refusing at once and retryably while its engine does not run, so that the route asks the next one. */
  guard<M extends ChatModel>(launch: EngineLaunch, model: M): M
  close(): Promise<void>
}

const progressEveryMs = 1000

export const createEnginePool = (deps: EngineDeps): EnginePool => {
  const { clock, stateDirectory } = deps
  /** By fingerprint of their launch. */
  const running = new Map<string, RunningEngine>()
  /** Of the architecture in force: deployment to fingerprint. */
  let inForce: ReadonlyMap<string, string> = new Map()
  const stop = new AbortController()
  let readGpus: (() => readonly GpuMemory[]) | undefined
  let isClosed = false

  const start = (launch: EngineLaunch): RunningEngine => {
    const engine = startEngine(launch, deps)
    running.set(launch.fingerprint, engine)
    return engine
  }
  const end = async (engine: RunningEngine) => {
    if (running.get(engine.launch.fingerprint) === engine) running.delete(engine.launch.fingerprint)
    await engine.close()
  }
  const endAll = (engines: readonly RunningEngine[]) => Promise.all(engines.map(end))

  const change = async (launches: readonly EngineLaunch[], options: ChangeOptions): Promise<EngineChange> => {
    if (launches.length > 0 && !readGpus) {
      readGpus = watchGpuMemory({ environment: deps.environment, clock, stop: stop.signal })
      await endLeftOverEngines(stateDirectory, clock)
    }
    const wanted = new Set(launches.map(({ fingerprint }) => fingerprint))
    const missing = launches.filter(({ fingerprint }) => !running.has(fingerprint))
    const unused = [...running.values()].filter(({ launch }) => !wanted.has(launch.fingerprint))
    const isTaken = ({ launch }: RunningEngine) => missing.some(({ port }) => port === launch.port)
    const replaced = unused.filter(isTaken)
    await Promise.all(replaced.map((engine) => engine.drain(options.drainMs)))
    await endAll(replaced)
    const fresh: RunningEngine[] = []
    /** What was started for the next architecture ends, and what was replaced comes back. */
    const undo = async () => {
      await endAll(fresh)
      if (!isClosed) for (const { launch } of replaced) start(launch)
    }
    // One that a failed change has brought back may still be loading.
    const loading = [...running.values()].filter(
      ({ launch, state }) => wanted.has(launch.fingerprint) && state() === 'starting',
    )
    const unavailable = new Set<string>()
    try {
      const [first = [], ...later] = wavesOf(missing)
      const begin = (wave: readonly EngineLaunch[]) => {
        const begun = wave.map(start)
        fresh.push(...begun)
        return begun
      }
      await untilReady([...loading, ...begin(first)], unavailable, options)
      for (const wave of later) await untilReady(begin(wave), unavailable, options)
    } catch (error) {
      await undo()
      throw error
    }
    return {
      adopt: () => {
        inForce = new Map(
          launches.flatMap(({ deployments, fingerprint }) => deployments.map((id) => [id, fingerprint])),
        )
      },
      retire: async () => {
        await endAll(unused.filter((engine) => !replaced.includes(engine)))
      },
    }
  }

  /** @param missing deployments that are done without so far; grows */
  const untilReady = async (
    engines: readonly RunningEngine[],
    missing: Set<string>,
    options: ChangeOptions,
  ) => {
    const { signal, onProgress, canMiss } = options
    const done = new AbortController()
    const sinceMs = clock.monotonicMs()
    const seconds = () => Math.round((clock.monotonicMs() - sinceMs) / 1000)
    const tell = async () => {
      while (!done.signal.aborted) {
        for (const { launch, state } of engines)
          if (state() === 'starting')
            onProgress?.({ engine: launch.id, state: 'loading', seconds: seconds() })
        // Aborted: all are ready, and the loop sees it.
        await clock.sleep(progressEveryMs, done.signal).catch(() => {})
      }
    }
    void tell()
    const one = async ({ ready, launch, onRestart }: RunningEngine) => {
      const tellReady = () => onProgress?.({ engine: launch.id, state: 'ready', seconds: seconds() })
      try {
        await ready
      } catch (error) {
        for (const id of launch.deployments) missing.add(id)
        if (!canMiss?.(missing)) throw error
        const reason = toArchitectError(error)
        onProgress?.({ engine: launch.id, state: 'missing', seconds: seconds(), reason })
        onRestart(once(tellReady))
        return
      }
      tellReady()
    }
    try {
      await orAborted(Promise.all(engines.map(one)), signal)
    } finally {
      done.abort()
    }
  }

  const stateOf = (fingerprint: string): EngineState => running.get(fingerprint)?.state() ?? 'down'
  return {
    change,
    states: () => new Map([...inForce].map(([id, fingerprint]) => [id, stateOf(fingerprint)])),
    missing: () =>
      new Set(
        [...inForce].flatMap(([id, fingerprint]) => (running.get(fingerprint)?.isMissing() ? [id] : [])),
      ),
    observe: () => ({
      engines: [...inForce].map(([id, fingerprint]) => gaugesOf(id, running.get(fingerprint))),
      gpus: readGpus?.() ?? [],
    }),
    guard: ({ fingerprint, origin }, model) => ({
      ...model,
      open: async (request, call) => {
        const engine = running.get(fingerprint)
        const state = stateOf(fingerprint)
        if (engine && state === 'ready') return engine.during(() => model.open(request, call))
        const params = { deployment: model.id, address: origin, reason: `engine ${state}` }
        throw llmError('llm.upstream-unreachable', params, { retryable: true })
      },
    }),
    close: async () => {
      isClosed = true
      stop.abort()
      await endAll([...running.values()])
    },
  }
}

/**
 * Engines that share accelerators one after the other, the others at once: vLLM takes what another allocates while it
 * measures itself for its own, and its cache shrinks by it (github:vllm-project/vllm#55827, 2026-09-08).
 */
const wavesOf = (launches: readonly EngineLaunch[]): readonly (readonly EngineLaunch[])[] => {
  const waves: EngineLaunch[][] = []
  const started = new Map<string, number>()
  for (const launch of launches) {
    const turn = started.get(launch.group) ?? 0
    started.set(launch.group, turn + 1)
    const wave = waves[turn]
    if (wave) wave.push(launch)
    else waves.push([launch])
  }
  return waves
}

/** Later restarts are after crashes, and the log's. */
const once = (call: () => void) => {
  let isDone = false
  return () => {
    if (!isDone) call()
    isDone = true
  }
}

const gaugesOf = (deployment: string, engine: RunningEngine | undefined): EngineGauges => {
  const { load, status, tokensPerSecond = null } = engine?.reading() ?? {}
  return {
    deployment,
    isUp: engine?.state() === 'ready',
    restarts: engine?.restarts() ?? 0,
    residentBytes: status?.residentBytes ?? null,
    running: load?.running ?? null,
    waiting: load?.waiting ?? null,
    kvCacheUsage: load?.kvCacheUsage ?? null,
    prefixCacheHitRatio: load?.prefixCacheHitRatio ?? null,
    tokensPerSecond,
  }
}

/** Rejects with the signal's reason when it is aborted first. */
const orAborted = async (promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> => {
  if (!signal) return void (await promise)
  // Where the signal comes first, nobody waits for the engines any more.
  promise.catch(() => {})
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
