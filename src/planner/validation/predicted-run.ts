// The planner's own prediction for a run, and how wrong it is. Knows no other run.

import { type Parts, totalOf } from '../speed/calibrate.js'
import { type ClosedLoop, closedLoopParts } from '../speed/closed-loop.js'
import type { Coefficients } from '../speed/coefficients.js'
import { stepModelOf } from '../speed/roofline.js'
import type { StepFacts } from '../speed/step-facts.js'
import { closedLoopOf } from './closed-loop-of.js'
import { factsOf } from './facts-of.js'
import type { MeasuredRun } from './measured-run.js'

export type Metric = 'tpot' | 'ttft'
export const metrics: readonly Metric[] = ['tpot', 'ttft']

/** A run that can be predicted. */
export interface Case {
  readonly run: MeasuredRun
  readonly facts: StepFacts
  readonly load: ClosedLoop
}

export const casesOf = (runs: readonly MeasuredRun[]): readonly Case[] =>
  runs.flatMap((run) => {
    const facts = factsOf(run.deployment)
    return facts ? [{ run, facts, load: closedLoopOf(run) }] : []
  })

export const partsOf = (
  { run, facts, load }: Case,
  coefficients: Coefficients,
): Readonly<Record<Metric, Parts>> => {
  const { engine } = run.deployment
  const parts = closedLoopParts(stepModelOf(facts, engine, coefficients), load, coefficients.engines[engine])
  return { tpot: { ...parts.tpot }, ttft: { ...parts.ttft } }
}

export const predictedMs = (each: Case, coefficients: Coefficients): Readonly<Record<Metric, number>> => {
  const { tpot, ttft } = partsOf(each, coefficients)
  return { tpot: totalOf(tpot), ttft: totalOf(ttft) }
}

export const measuredMs = ({ run }: Case, metric: Metric): number | null =>
  metric === 'tpot' ? run.tpotMs : run.ttftMs

/** Percent by which a prediction misses what was measured. */
export const errorPct = (predicted: number, measured: number): number =>
  Math.abs(predicted / measured - 1) * 100
