// What guards add to the time until an answer begins, on texts that come token by token. The clock starts when the
// token arrives that lets something be said: the first one where guards only look; where they may change the text,
// the one after which its beginning can be no part of a finding any more. That token is known from the text alone,
// so the direct call is timed to the same one.

import { quantile } from '../../stats/index.js'
import type { BenchSystem } from './bench-system.js'
import { paceMs } from './mock-upstream.js'
import type { BenchLoadResult, BenchOrder } from './raw-load.js'

export interface GuardedStreams {
  /** Names the figures: `observe` or `redact`, and the language. */
  readonly mode: string
  readonly language: string
  /** The gateway on a route whose guards work so. */
  readonly system: BenchSystem
  /** For each text, how many of its tokens must have come before any of it may be said. */
  readonly decidedBy: readonly number[]
}

/** Slow enough that streams do not wait for each other. */
const perSecond = 50

interface GuardsBench {
  readonly direct: BenchSystem
  readonly guarded: readonly GuardedStreams[]
  /** Of each measurement. */
  readonly seconds: number
  readonly runLoad: (order: BenchOrder) => Promise<BenchLoadResult>
}

/** @param add takes each figure, in ms */
export const measureGuards = async (
  bench: GuardsBench,
  add: (figure: string, ms: number) => void,
): Promise<void> => {
  for (const { mode, language, system, decidedBy } of bench.guarded) {
    const ask = (asked: BenchSystem, events?: readonly number[]) =>
      bench.runLoad({
        target: asked.target,
        mode: 'paced',
        seconds: bench.seconds,
        load: { perSecond },
        tokens: { language, texts: decidedBy.length, ...(events && { events }) },
      })
    // The first event says who speaks, each further one brings a token.
    const direct = (
      await ask(
        bench.direct,
        decidedBy.map((tokens) => tokens + 1),
      )
    ).eventMs
    const through = (await ask(system)).firstMs
    for (const [label, p] of quantilesOfTtft) {
      const late = (times: readonly number[]) => quantile(lateness(times, decidedBy), p)
      add(`guards.${mode}.${language}.${label}`, late(through) - late(direct))
    }
  }
}

const quantilesOfTtft = [
  ['ttftP50Ms', 0.5],
  ['ttftP99Ms', 0.99],
] as const

/** How long after its token was due each answer began; requests take the texts in turn. */
const lateness = (times: readonly number[], decidedBy: readonly number[]): readonly number[] =>
  times.map((ms, i) => ms - (decidedBy[i % decidedBy.length] ?? 0) * paceMs)
