// The planner against a real engine: what it predicts for vLLM on this machine's processor, written to disk before the
// load that it is about; the load; and how far off it was.

import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Accelerator, modelOfConfig, readConfig } from '../../src/catalog/index.js'
import type { Ranged } from '../../src/planner/calibration/calibrate-deployment.js'
import {
  type ClientTimes,
  createSimulatedPredictor,
  type SimulatedTest,
} from '../../src/planner/calibration/predict-simulated.js'
import type { ClientLoad } from '../../src/planner/calibration/simulated-parts.js'
import { cpuCoefficients, cpuSpread, cpuTailSpread } from '../../src/planner/machine/cpu-coefficients.js'
import { schedulerOf } from '../../src/planner/simulator/scheduler.js'
import { createStepModel } from '../../src/planner/speed/roofline.js'
import { type Measured, runClient } from './closed-loop-client.js'
import { startEngine } from './engine-process.js'
import { home, makeLlama, servedName, vllmOn } from './engines-home.js'

export interface Shape {
  readonly name: string
  readonly hidden: number
  readonly layers: number
}

/** 4.3 and 41 million parameters. */
export const shapes: readonly Shape[] = [
  { name: '4M', hidden: 256, layers: 7 },
  { name: '41M', hidden: 640, layers: 11 },
]

const maxSequences = 16
const lengths = { inputTokens: [64, 128], outputTokens: [24, 48] } as const
const loadOf = (concurrency: number): ClientLoad => ({ concurrency, ...lengths })
/** The load that is tested first and calibrated by, and those that are predicted after it. */
const calibratedBy = 4
const others = [1, 8] as const
/** As many as the engine runs at once: its maximal throughput. */
const full = maxSequences

type Times = ClientTimes<Ranged>
type TimesByLoad = Readonly<Record<number, Times>>
const latencies = ['ttftP50', 'ttftP95', 'tpotP50', 'tpotP95', 'e2eP50', 'e2eP95'] as const

export interface Row {
  readonly shape: string
  readonly concurrency: number
  readonly metric: keyof Times
  readonly measured: number
  readonly uncalibrated: Ranged
  /** Null for the load that it was calibrated by. */
  readonly calibrated: Ranged | null
  /** When the file with its predictions was last written, and when its load began; ms since 1970. */
  readonly writtenMs: number
  readonly begunMs: number
}

export interface Machine {
  readonly accelerator: Accelerator
  readonly speedScore: number
}

/** Asks `doctor --measure`, as a user would. */
export const describeMachine = (folder: string): Machine => {
  const product = join(import.meta.dirname, '..', '..')
  // Exits with 1 where a check fails that has nothing to do with speed.
  const text = execFileSync(
    process.execPath,
    [join(product, 'bin', 'llm-architect.mjs'), 'doctor', '--measure', '--json'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LLM_ARCHITECT_ENGINES: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const { machine } = JSON.parse(text) as { machine: Machine }
  return machine
}

/** One shape: predicts, runs the load to calibrate by, predicts again, runs the others. */
export const predictAndRun = async (options: {
  readonly shape: Shape
  readonly machine: Machine
  readonly folder: string
  readonly repetitions: number
  readonly seconds: number
}): Promise<readonly (readonly Row[])[]> => {
  const { shape, machine, folder, repetitions, seconds } = options
  const weights = makeLlama(join(folder, shape.name), shape)
  const deployment = deploymentOf(weights, machine)
  const first = writeTimes(
    join(folder, `${shape.name}.uncalibrated.json`),
    predictAll(deployment, [], [1, calibratedBy, 8, full]),
  )
  const engine = await startEngine(engineOn(weights))
  try {
    const run = (concurrency: number, seed: string, atLeastSeconds = seconds) =>
      measure(engine.url, {
        concurrency,
        seconds: atLeastSeconds,
        seed: `${shape.name} ${seed} ${concurrency}`,
      })
    await run(calibratedBy, 'warm up', 3)
    const rounds: (readonly Row[])[] = []
    for (let round = 0; round < repetitions; round++) {
      const pointBegunMs = Date.now()
      const point = await run(calibratedBy, String(round))
      const test: SimulatedTest = { load: loadOf(calibratedBy), ...point }
      const second = writeTimes(
        join(folder, `${shape.name}.calibrated.${round}.json`),
        predictAll(deployment, [test], [...others, full]),
      )
      const rows = rowsOf({ shape, concurrency: calibratedBy, measured: point, begunMs: pointBegunMs }, first)
      for (const concurrency of [...others, full]) {
        const begunMs = Date.now()
        const measured = await run(concurrency, String(round))
        rows.push(...rowsOf({ shape, concurrency, measured, begunMs }, first, second))
      }
      rounds.push(rows)
    }
    return rounds
  } finally {
    await engine.stop()
  }
}

/** @returns the file, which is read again when its load has run */
const writeTimes = (file: string, times: TimesByLoad): string => {
  writeFileSync(file, JSON.stringify(times, null, 2))
  return file
}

const engineOn = (weights: string) => {
  const start = vllmOn(weights)
  return {
    ...start,
    environment: { ...start.environment, VLLM_ENABLE_V1_MULTIPROCESSING: '0' },
    args: (port: number) => [
      ...start.args(port).filter((arg) => arg !== '--enable-prefix-caching'),
      ...['--max-num-seqs', String(maxSequences), '--max-num-batched-tokens', '2048'],
      '--no-enable-prefix-caching',
    ],
  }
}

const deploymentOf = (weights: string, { accelerator, speedScore }: Machine) => {
  const config: unknown = JSON.parse(readFileSync(join(weights, 'config.json'), 'utf8'))
  const steps = createStepModel({
    model: modelOfConfig(readConfig(config), { name: 'random', date: '' }),
    accelerator,
    precision: 'bf16',
    layout: { tensorParallel: 1, pipelineParallel: 1 },
    engine: 'vllm',
    coefficients: cpuCoefficients(speedScore),
  })
  if (!steps) throw new Error('The processor has no rates')
  const scheduler = schedulerOf('vllm', {
    maxBatchedTokens: 2048,
    maxSequences,
    prefixCache: false,
    kvTokens: 100_000,
  })
  return { steps, scheduler, seed: 'planner-prediction' }
}

const predictAll = (
  deployment: ReturnType<typeof deploymentOf>,
  tests: readonly SimulatedTest[],
  concurrencies: readonly number[],
): TimesByLoad => {
  const { predict } = createSimulatedPredictor(deployment, tests, {
    spread: cpuSpread,
    tailSpread: cpuTailSpread,
  })
  return Object.fromEntries(concurrencies.map((concurrency) => [concurrency, predict(loadOf(concurrency))]))
}

const measure = (
  url: string,
  { concurrency, seconds, seed }: { concurrency: number; seconds: number; seed: string },
): Promise<Measured> =>
  runClient({
    url,
    model: servedName,
    concurrency,
    ...lengths,
    seed,
    vocabulary: [8, 300],
    leastSeconds: seconds,
    mostSeconds: 2.5 * seconds,
    leastRequests: 32,
  })

/** What was measured beside what the files say, which were written before. */
const rowsOf = (
  {
    shape,
    concurrency,
    measured,
    begunMs,
  }: {
    readonly shape: Shape
    readonly concurrency: number
    readonly measured: Measured
    readonly begunMs: number
  },
  uncalibratedFile: string,
  calibratedFile?: string,
): Row[] => {
  const read = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as TimesByLoad)[concurrency]
  const uncalibrated = read(uncalibratedFile) as Times
  const calibrated = calibratedFile === undefined ? undefined : read(calibratedFile)
  const writtenMs = statSync(calibratedFile ?? uncalibratedFile).mtimeMs
  const values: Readonly<Record<keyof Times, number>> = {
    ttftP50: measured.ttftMs.p50,
    ttftP95: measured.ttftMs.p95,
    tpotP50: measured.tpotMs.p50,
    tpotP95: measured.tpotMs.p95,
    e2eP50: measured.e2eMs.p50,
    e2eP95: measured.e2eMs.p95,
    outputTokensPerSecond: measured.outputTokensPerSecond,
  }
  const metrics: readonly (keyof Times)[] = concurrency === full ? ['outputTokensPerSecond'] : latencies
  return metrics.map((metric) => ({
    shape: shape.name,
    concurrency,
    metric,
    measured: values[metric],
    uncalibrated: uncalibrated[metric],
    calibrated: calibrated?.[metric] ?? null,
    writtenMs,
    begunMs,
  }))
}

export const errorPct = (predicted: Ranged, measured: number): number =>
  100 * Math.abs(predicted.value / measured - 1)

export const isInside = ({ low, high }: Ranged, measured: number): boolean =>
  measured >= low && measured <= high

/** Predicted beside measured, one line a row. */
export const tableOf = (rows: readonly Row[]): string =>
  rows
    .map(({ shape, concurrency, metric, measured, uncalibrated, calibrated }) => {
      const shown = (each: Ranged | null) =>
        each
          ? `${each.value.toFixed(1)} (${each.low.toFixed(1)}-${each.high.toFixed(1)}) ${errorPct(each, measured).toFixed(0)} %${isInside(each, measured) ? '' : ' outside'}`
          : '-'
      return [
        shape.padEnd(4),
        `c=${concurrency}`.padEnd(5),
        metric.padEnd(22),
        measured.toFixed(1).padStart(8),
        ` | ${shown(uncalibrated).padEnd(36)} | ${shown(calibrated)}`,
      ].join(' ')
    })
    .join('\n')
