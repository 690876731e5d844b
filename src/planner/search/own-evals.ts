// What the requirements say was measured of a model: it goes before what anybody published.

import type { Precision } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { isNamed } from './is-named.js'
import type { Estimate } from './report.js'
import { retentionOf } from './retention.js'
import { meets } from './target.js'

type QualityTarget = Requirements['quality']['targets'][number]

export interface OwnEval {
  readonly metric: QualityTarget['metric']
  readonly suite: string
  /** Share in [0, 1]. */
  readonly value: number
  /** Null = the widest the model is published in. */
  readonly precision: Precision | null
  /** The target of the same metric and suite; null = nothing is asked of it. */
  readonly target: QualityTarget | null
}

/** The first of the project's own measurements of a model that a target asks for; else the first of any. */
export const ownEvalOf = (named: readonly string[], { models, quality }: Requirements): OwnEval | null => {
  const own = models.evals
    .filter(({ model }) => isNamed(named, [model]))
    .map(({ metric, suite, value, precision }): OwnEval => {
      const target = quality.targets.find((asked) => asked.metric === metric && asked.suite === suite)
      return { metric, suite, value, precision: precision ?? null, target: target ?? null }
    })
  return own.find(({ target }) => target !== null) ?? own[0] ?? null
}

/**
 * What is left of a measurement in another precision than it was made in: the ratio of the two retentions.
 * @param options.native precision the model is published in
 */
export const ownRetention = (
  { precision: measuredIn }: OwnEval,
  options: { readonly precision: Precision; readonly native: Precision; readonly parametersB: number | null },
): Estimate => {
  const { precision, native, parametersB } = options
  const from = measuredIn ?? native
  if (from === precision) return { value: 1, low: 1, high: 1 }
  const of = (at: Precision) => retentionOf(at, { parametersB, published: at === native })
  const [to, base] = [of(precision), of(from)]
  return { value: to.value / base.value, low: to.low / base.high, high: to.high / base.low }
}

/** Whether a measured share, under retention, meets its target; true where nothing is asked. */
export const meetsOwnTarget = ({ value, target }: OwnEval, retention: Estimate): boolean =>
  target === null || meets(target, target.value, value * retention.value)
