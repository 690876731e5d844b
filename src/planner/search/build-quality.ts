// The quality of one build of a model: what is known of the model, less what the precision loses.

import type { Model, Precision } from '../../catalog/index.js'
import type { DesignContext } from './design-context.js'
import { type OwnEval, ownEvalOf, ownRetention } from './own-evals.js'
import { publishedQualityOf } from './quality.js'
import type { Candidate, Estimate, QualityEstimate } from './report.js'
import { fp8KvRetention, retained, retentionOf } from './retention.js'

/** One's own measurement where there is one; else what was published. */
export const qualityEstimate = (published: QualityEstimate, own: OwnEval | null): QualityEstimate =>
  own ? { kind: 'measured', metric: own.metric, suite: own.suite, value: own.value } : published

/** Share of the model's score, or of one's own measurement of it, that a precision keeps. */
export const buildRetention = (
  { parametersB, precision: native }: Model,
  precision: Precision,
  own: OwnEval | null,
): Estimate =>
  own
    ? ownRetention(own, { precision, native, parametersB })
    : retentionOf(precision, { parametersB, published: precision === native })

/** What is known of the model, and what it is expected to score in this precision. */
export const buildQuality = (
  model: Model,
  precision: Precision,
  { requirements, scoreOf }: DesignContext,
  fp8Kv = false,
): Pick<Candidate, 'quality' | 'qualityScore'> => {
  const own = ownEvalOf([model.name, model.checkpoint, ...model.aliases], requirements)
  const quality = qualityEstimate(publishedQualityOf(model), own)
  const score = scoreOf(quality)
  if (!score) return { quality, qualityScore: null }
  const weights = retained(score, buildRetention(model, precision, own))
  return { quality, qualityScore: fp8Kv ? retained(weights, fp8KvRetention) : weights }
}
