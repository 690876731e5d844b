// The area `speed`: offers the load from a process of its own, keeps the single requests, and fills the speed rows.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { LoadResult } from './load/load-record.js'
import { exportProfile } from './load/profile-export.js'
import type { LoadOrder, LoadProgress } from './load/run-load.js'
import { readPredictions } from './predictions.js'
import type { ScorecardRow } from './scorecard.js'
import { speedRows } from './speed-rows.js'
import { readSuite } from './suites/read-suite.js'
import type { VerificationRun } from './verification-run.js'

export const evidenceFile = 'evidence/profile_export.jsonl'
const timeoutMs = 30_000
const questionRow = z.object({ question: z.string() })

export interface SpeedMeasurement {
  readonly rows: readonly ScorecardRow[]
  readonly result: LoadResult
}

export const measureSpeed = async (run: VerificationRun): Promise<SpeedMeasurement> => {
  const { options, model } = run
  const { loadProfile: profile, stateDirectory, predictionsFile } = options
  const questions = await readSuite(join(options.suitesDirectory, profile.questions), questionRow)
  const result = await offerLoad(run, {
    ...profile,
    baseUrl: options.baseUrl,
    model,
    questions: questions.map(({ question }) => question),
    timeoutMs,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  })
  await mkdir(join(stateDirectory, 'evidence'), { recursive: true })
  await writeFile(join(stateDirectory, evidenceFile), exportProfile(result))
  const predictions =
    predictionsFile === undefined
      ? []
      : await readPredictions({ path: predictionsFile, loadStartedAtMs: result.startedAtMs })
  const { requirements, architecture } = options
  const rows = speedRows({
    requirements,
    architecture,
    model,
    profile,
    result,
    timeoutMs,
    predictions,
    file: evidenceFile,
  })
  return { rows, result }
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
