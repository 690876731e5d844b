// The planner's predictions for real vLLM on this machine's processor, made before each load, in several repetitions.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findOptionalEngine } from '../../src/cli/optional-engines/installed-engine.js'
import { quantile } from '../../src/stats/index.js'
import { ensureEngine } from '../engines/engines-home.js'
import {
  describeMachine,
  errorPct,
  isInside,
  predictAndRun,
  type Row,
  shapes,
  tableOf,
} from '../engines/planner-prediction.js'
import { figure, keepEvidence } from './evidence-of.js'

const repetitions = 2
const folder = mkdtempSync(join(tmpdir(), 'planner-engine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

it('predicts vLLM on this processor: median error after one load test at most 20 %, ranges hold', {
  timeout: 1_800_000,
}, async () => {
  await ensureEngine(findOptionalEngine('vllm'), new AbortController().signal)
  const machine = describeMachine(folder)
  const rounds: (readonly Row[])[][] = []
  for (const shape of shapes) {
    const ofShape = await predictAndRun({ shape, machine, folder, repetitions, seconds: 10 })
    for (const [i, rows] of ofShape.entries()) {
      process.stderr.write(`${tableOf(rows)}\n\n`)
      rounds[i] = [...(rounds[i] ?? []), rows]
    }
  }
  const each = rounds.map((rows) => judge(rows.flat()))
  const all = judge(rounds.flat(2))
  await keepEvidence('planner-engine', [
    figure('bandwidth of one thread', machine.accelerator.bandwidthGBps ?? 0, 'GB/s in 16-bit numbers'),
    figure('products of one thread', 1000 * (machine.accelerator.bf16Tflops ?? 0), 'GFLOP/s'),
    figure('calibrated median error', all.calibratedPct, '%', all.rows),
    ...each.map(({ calibratedPct, rows }, i) =>
      figure(`calibrated median error, repetition ${i + 1}`, calibratedPct, '%', rows),
    ),
    figure('uncalibrated median error', all.uncalibratedPct, '%', all.uncalibratedRows),
    figure('inside the 80 % range, calibrated', 100 * all.insideShare, '%', all.rows),
    ...each.map(({ insideShare, rows }, i) =>
      figure(`inside the 80 % range, calibrated, repetition ${i + 1}`, 100 * insideShare, '%', rows),
    ),
    figure('inside the 80 % range, uncalibrated', 100 * all.uncalibratedShare, '%', all.uncalibratedRows),
    ...rounds.flatMap((rows, i) => rows.flat().map((row) => rowFigures(row, i + 1))).flat(),
  ])
  for (const { calibratedPct, insideShare } of each) {
    expect(calibratedPct).toBeLessThanOrEqual(20)
    expect(insideShare).toBeGreaterThanOrEqual(0.7)
  }
})

/** Calibrated: the loads that it was not calibrated by. */
const judge = (rows: readonly Row[]) => {
  const calibrated = rows.flatMap(({ calibrated: predicted, measured }) =>
    predicted ? [{ predicted, measured }] : [],
  )
  const uncalibrated = rows.map(({ uncalibrated: predicted, measured }) => ({ predicted, measured }))
  const medianOf = (some: typeof calibrated) =>
    quantile(
      some.map(({ predicted, measured }) => errorPct(predicted, measured)),
      0.5,
    )
  const shareOf = (some: typeof calibrated) =>
    some.filter(({ predicted, measured }) => isInside(predicted, measured)).length / some.length
  return {
    rows: calibrated.length,
    uncalibratedRows: uncalibrated.length,
    calibratedPct: medianOf(calibrated),
    uncalibratedPct: medianOf(uncalibrated),
    insideShare: shareOf(calibrated),
    uncalibratedShare: shareOf(uncalibrated),
  }
}

/** Predicted with its 80 % range, then measured. */
const rowFigures = (
  { shape, concurrency, metric, measured, uncalibrated, calibrated }: Row,
  round: number,
) => {
  const unit = metric === 'outputTokensPerSecond' ? 'tokens/s' : 'ms'
  const name = `${shape}, ${concurrency} in flight, ${metric}, repetition ${round}`
  const predicted = (kind: string, { value, low, high }: Row['uncalibrated']) => ({
    ...figure(`${name}: predicted ${kind} (80 % range)`, value, unit),
    low,
    high,
  })
  return [
    predicted('uncalibrated', uncalibrated),
    ...(calibrated ? [predicted('calibrated', calibrated)] : []),
    figure(`${name}: measured`, measured, unit),
  ]
}
