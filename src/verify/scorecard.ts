// The schema of scorecard.json: every target with what was predicted, what was measured, and the verdict.
// Knows neither how a row is measured nor how it is shown.

import { z } from 'zod'

const bound = z.number().nullable()

export const verdicts = ['pass', 'fail', 'inconclusive', 'invalid', 'not-measured'] as const

/** A finding in both languages: rendered by whoever shows the scorecard. */
const note = z.object({ code: z.string(), params: z.record(z.string(), z.unknown()) })

const row = z.strictObject({
  /** Stable: the id of the requirement's target, or of a check of the product. */
  id: z.string(),
  /** In English; `describeRows` gives it in both languages. */
  title: z.string(),
  target: z
    .strictObject({ op: z.enum(['<', '<=', '>', '>=']), value: z.number(), unit: z.string() })
    .nullable(),
  predicted: z.strictObject({ value: z.number(), unit: z.string(), low: bound, high: bound }).nullable(),
  /** `low` and `high` are the 95 % interval; null where the sample is too small for a bound. */
  measured: z
    .strictObject({ value: z.number(), unit: z.string(), n: z.int().nonnegative(), low: bound, high: bound })
    .nullable(),
  verdict: z.enum(verdicts),
  evidence: z.strictObject({
    /** Suite, load profile or drill the figure comes from. */
    source: z.string(),
    /** File with the single observations, relative to the state directory; null when none was kept. */
    file: z.string().nullable(),
    notes: z.array(note),
  }),
})

export const scorecardSchema = z.strictObject({
  version: z.literal(1),
  requirementsHash: z.string(),
  architectureHash: z.string(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  rows: z.array(row),
})

/** scorecard.json. A verdict is `pass` or `fail` only if the whole interval lies on one side of the target. */
export type Scorecard = z.infer<typeof scorecardSchema>
export type ScorecardRow = z.infer<typeof row>
export type Verdict = ScorecardRow['verdict']
export type Measured = NonNullable<ScorecardRow['measured']>
