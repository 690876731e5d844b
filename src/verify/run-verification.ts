// From the files of a project and a running system to a scorecard. Speed is measured first and alone; the suites and
// the drills share the machine after it. Speaks HTTP to the system under test, and nothing else.

import { measureLocal } from './measure-local.js'
import { checkSuites, measurePromptBenchmarks, measureTargets, notRun } from './measure-quality.js'
import { measureSpeed, type SpeedMeasurement } from './measure-speed.js'
import { verifyError } from './messages.js'
import { readPredictions } from './predictions.js'
import { proveSystem } from './prove-system.js'
import { firstDeployment, routeUnderTest } from './row-titles.js'
import type { Scorecard, ScorecardRow } from './scorecard.js'
import { createSystemClient, type LedgerEntry } from './system-client.js'
import { type VerificationArea, type VerificationOptions, verificationAreas } from './verification-options.js'
import { measureOrExplain, type RowFrame, type VerificationRun } from './verification-run.js'

/**
 * Measures a running system against its requirements.
 * @returns one row per target and per check of the product, measured or with the reason why not
 * @throws `verify.suite-missing` | `verify.suite-invalid` | `verify.predictions-late` | `verify.predictions-invalid` |
 * `verify.model-missing`; what the system does wrong is a row, not an error
 */
export const runVerification = async (options: VerificationOptions): Promise<Scorecard> => {
  const { areas = verificationAreas, architecture, baseUrl, apiKey, adminToken, predictionsFile } = options
  const route = routeUnderTest(architecture)
  if (!route) throw verifyError('verify.model-missing', {})
  await checkSuites(options, areas)
  // Read before anything is measured: a prediction cannot follow its measurement.
  const predictions =
    predictionsFile === undefined
      ? []
      : await readPredictions({ path: predictionsFile, loadStartedAtMs: options.clock.wallMs() })
  const client = createSystemClient({ baseUrl, apiKey, adminToken })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const run: VerificationRun = {
    options: { ...options, signal },
    client,
    model: route.name,
    predictions,
    knowledge: route.knowledge,
    replies: new Map(),
  }
  try {
    return { ...headOf(options), rows: await measureAreas(run, areas, stop) }
  } finally {
    await client.close()
  }
}

const headOf = ({ requirementsHash, architectureHash, environment }: VerificationOptions) => ({
  version: 1 as const,
  requirementsHash,
  architectureHash,
  environment,
})

const measureAreas = async (
  run: VerificationRun,
  areas: readonly VerificationArea[],
  stop: AbortController,
): Promise<ScorecardRow[]> => {
  const speed = await speedOf(run, areas)
  const local = areas.includes('speed') ? await measureLocal(run) : []
  const cost = speed.measurement && (await ownLedger(run, speed.measurement))
  const parts = [
    measureTargets(run, areas),
    measurePromptBenchmarks(run, areas),
    proveSystem(run, areas, cost),
  ] as const
  // What fails stops the others, and is told when they have cleaned up.
  for (const part of parts) part.catch((error: unknown) => stop.abort(error))
  await Promise.allSettled(parts)
  const [targets, prompts, proof] = await Promise.all(parts)
  return [...speed.rows, ...local, ...targets, ...proof.benchmarks, ...prompts, ...proof.ledger]
}

interface Speed {
  readonly rows: readonly ScorecardRow[]
  readonly measurement?: SpeedMeasurement
}

const speedOf = async (run: VerificationRun, areas: readonly VerificationArea[]): Promise<Speed> => {
  const frames = run.options.requirements.performance.targets.map(
    ({ id, op, value, unit }): RowFrame => ({ id, target: { op, value, unit }, unit, source: 'load' }),
  )
  if (!areas.includes('speed')) return { rows: frames.map((frame) => notRun(run, frame, 'speed')) }
  let measurement: SpeedMeasurement | undefined
  const rows = await measureOrExplain(run, frames, async () => {
    measurement = await measureSpeed(run)
    return measurement.rows
  })
  return { rows, ...(measurement ? { measurement } : {}) }
}

/** The ledger's rows of the load, where they tell the cost of the real engine: priced, and no stand-in. */
const ownLedger = async (
  { options, client, model }: VerificationRun,
  { result }: SpeedMeasurement,
): Promise<readonly LedgerEntry[] | undefined> => {
  const deployment = firstDeployment(options.architecture, model)
  if (options.adminToken === undefined || !deployment || deployment.standsFor) return undefined
  const ids = new Set(result.records.map(({ requestId }) => requestId))
  const rows = (await client.ledger(result.startedAtMs)).filter(({ requestId }) => ids.has(requestId))
  return rows.some(({ nanoUsd }) => nanoUsd !== null && nanoUsd > 0n) ? rows : undefined
}
