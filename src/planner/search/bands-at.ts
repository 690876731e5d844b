// How far a replica's predicted times may be off, by how many requests it runs: the ranges that `design fit` shows of
// the same deployment. Knows no target.

import { rangePower, untestedRanges } from '../speed/range-of.js'
import type { Bands } from './band-of.js'
import type { DesignContext } from './design-context.js'
import type { ServingOption } from './serving-option.js'
import { isTested, testedBands } from './step-model-of.js'

/** @param running requests that one replica runs at once */
export type BandsAt = (running: number) => Bands

export interface Ranges {
  readonly bandsAt: BandsAt
  /** The same as if it had never been load tested. */
  readonly untestedBandsAt: BandsAt
}

/** @param maxSequences that the cache of a replica holds */
export const rangesFor = (option: ServingOption, context: DesignContext, maxSequences: number): Ranges => {
  const { engine, supply } = option
  const { ranges } = context.fitted
  const power = rangePower({ engine, accelerator: supply.accelerator }, context.fitted)
  const untestedBandsAt = lastOf((running: number) =>
    untestedRanges(ranges, { engine, concurrency: Math.max(1, running), maxSequences }, power),
  )
  if (!isTested(option, context)) return { bandsAt: untestedBandsAt, untestedBandsAt }
  const { inputTokens, outputTokens } = context.workload
  const tested = testedBands(option, context)
  const bandsAt = lastOf((running: number): Bands => {
    const concurrency = Math.max(1, running)
    const { tpot, ttft } = tested({
      concurrency,
      inputTokens: inputTokens.mean,
      outputTokens: outputTokens.mean,
    })
    const untested = untestedBandsAt(running)
    return { tpot: tpot ?? untested.tpot, ttft: ttft ?? untested.ttft }
  })
  return { bandsAt, untestedBandsAt }
}

/** Remembers the last answer: every target of a load asks for the same. */
const lastOf = (bandsAt: BandsAt): BandsAt => {
  let last: { readonly running: number; readonly bands: Bands } | null = null
  return (running) => {
    if (last?.running !== running) last = { running, bands: bandsAt(running) }
    return last.bands
  }
}
