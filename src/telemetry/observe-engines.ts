// Gauges of the engines that run on this machine, and of its GPUs, read whenever metrics are read.

import { Counter, Gauge, type Registry } from 'prom-client'
import { metricNames as names } from './metric-names.js'

/** One deployment's engine; null where the engine does not say. */
export interface EngineGauges {
  readonly deployment: string
  readonly isUp: boolean
  readonly restarts: number
  /** Of the engine and all it started. */
  readonly residentBytes: number | null
  readonly running: number | null
  readonly waiting: number | null
  /** 0 to 1. */
  readonly kvCacheUsage: number | null
  /** 0 to 1, since the engine started. */
  readonly prefixCacheHitRatio: number | null
  readonly tokensPerSecond: number | null
}

export interface GpuMemory {
  /** Its number on the machine. */
  readonly gpu: string
  readonly usedBytes: number
  readonly totalBytes: number
}

export interface EngineObservation {
  readonly engines: readonly EngineGauges[]
  readonly gpus: readonly GpuMemory[]
}

/** What is not known has no series: a missing number is never 0. */
export const observeEngines = (registry: Registry, read: () => EngineObservation): void => {
  const ofEngine = (name: string, help: string, value: (engine: EngineGauges) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['deployment'],
      registers: [registry],
      collect() {
        this.reset()
        for (const engine of read().engines) {
          const now = value(engine)
          if (now !== null) this.set({ deployment: engine.deployment }, now)
        }
      },
    })
  const ofGpu = (name: string, help: string, value: (gpu: GpuMemory) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['gpu'],
      registers: [registry],
      collect() {
        this.reset()
        for (const gpu of read().gpus) this.set({ gpu: gpu.gpu }, value(gpu))
      },
    })
  new Counter({
    name: names.engineRestarts,
    help: 'How often an engine has come back after it ended.',
    labelNames: ['deployment'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { deployment, restarts } of read().engines) this.inc({ deployment }, restarts)
    },
  })
  ofEngine(names.engineUp, '1 when the engine answers, else 0.', ({ isUp }) => (isUp ? 1 : 0))
  ofEngine(
    names.engineResidentMemoryBytes,
    'Main memory of the engine and its workers.',
    ({ residentBytes }) => residentBytes,
  )
  ofEngine(names.engineRequestsRunning, 'Requests that the engine works on.', ({ running }) => running)
  ofEngine(names.engineRequestsWaiting, 'Requests that wait in the engine.', ({ waiting }) => waiting)
  ofEngine(names.engineKvCacheUsageRatio, 'Share of the KV cache in use.', ({ kvCacheUsage }) => kvCacheUsage)
  ofEngine(
    names.enginePrefixCacheHitRatio,
    'Share of prompt tokens found in the prefix cache since the start.',
    ({ prefixCacheHitRatio }) => prefixCacheHitRatio,
  )
  ofEngine(
    names.engineTokensPerSecond,
    'Tokens that the engine writes per second.',
    ({ tokensPerSecond }) => tokensPerSecond,
  )
  ofGpu(names.gpuMemoryUsedBytes, 'Memory in use on a GPU.', ({ usedBytes }) => usedBytes)
  ofGpu(names.gpuMemoryTotalBytes, 'Memory of a GPU.', ({ totalBytes }) => totalBytes)
}
