// The area `speed`: offers the load from a process of its own, keeps the single requests, and fills the speed rows.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GateName } from './load/gate.js'
import type { LoadResult } from './load/load-record.js'
import { exportProfile } from './load/profile-export.js'
import type { LoadOrder, LoadProgress } from './load/run-load.js'
import { checkValidity } from './load/validity.js'
import type { ScorecardRow } from './scorecard.js'
import { speedRows } from './speed-rows.js'
import { suitePath } from './suites/find-suite.js'
import { questionRow, readSuite } from './suites/read-suite.js'
import type { VerificationRun } from './verification-run.js'

export const evidenceFile = 'evidence/profile_export.jsonl'
const timeoutMs = 30_000

export interface SpeedMeasurement {
  readonly rows: readonly ScorecardRow[]
  readonly result: LoadResult
}

export const measureSpeed = async (run: VerificationRun): Promise<SpeedMeasurement> => {
  const { options, model } = run
  const { loadProfile: profile, stateDirectory } = options
  const questions = await readSuite(suitePath(profile.questions, options), questionRow, 'questions')
  const { result, lateGates } = await offerOnTime(run, {
    ...profile,
    baseUrl: options.baseUrl,
    model,
    questions: questions.map(({ text }) => text),
    timeoutMs,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  })
  await mkdir(join(stateDirectory, 'evidence'), { recursive: true })
  await writeFile(join(stateDirectory, evidenceFile), exportProfile(result))
  const { requirements, architecture } = options
  const rows = speedRows({
    requirements,
    architecture,
    model,
    profile,
    result,
    timeoutMs,
    predictions: run.predictions,
    lateGates,
    file: evidenceFile,
  })
  return { rows, result }
}

interface OfferedLoad {
  readonly result: LoadResult
  /** Gates that a first load failed, which was thrown away; empty when the first one counts. */
  readonly lateGates: readonly GateName[]
}

/** Repeats a load whose generator was late, once: what the system answered plays no part in it. */
const offerOnTime = async (run: VerificationRun, order: LoadOrder): Promise<OfferedLoad> => {
  const first = await offerLoad(run, order)
  const late = checkValidity(first, order).filter(({ passed }) => !passed)
  if (late.length === 0) return { result: first, lateGates: [] }
  return { result: await offerLoad(run, order), lateGates: late.map(({ gate }) => gate) }
}

const offerLoad = async ({ options }: VerificationRun, order: LoadOrder): Promise<LoadResult> => {
  const load = await options.ports.startLoad()
  try {
    return await load.request<LoadResult>('run', order, {
      signal: options.signal,
      onProgress: (value) => {
        const { done, total } = value as LoadProgress
        options.onProgress?.({ area: 'speed', step: order.model, done, total })
      },
    })
  } finally {
    await load.close()
  }
}
