// How good a model is, as far as anybody published it, and which floor a use case sets. A parameter count stands in
// where no score is known, and is always labelled as a stand-in.

import type { Catalogue, Model } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Estimate, QualityEstimate } from './report.js'

/**
 * Billions of parameters of a dense model of about the same effect: the geometric mean of all and active ones, a
 * rule of thumb for mixtures of experts. Null when the catalogue does not know them.
 */
export const effectiveParametersB = ({ parametersB, activeParametersB }: Model): number | null =>
  parametersB === null ? null : Math.sqrt(parametersB * (activeParametersB ?? parametersB))

export const publishedQualityOf = (model: Model): QualityEstimate => {
  if (model.quality) return { kind: 'published', ...model.quality }
  const effective = effectiveParametersB(model)
  return effective === null ? { kind: 'unknown' } : { kind: 'size-proxy', effectiveParametersB: effective }
}

export interface QualityFloor {
  readonly effectiveParametersB: number
  /** The weakest published score among models of at least that size: what the size stands for. Null = no model is. */
  readonly mmluPro: number | null
  readonly from: 'requirements' | 'use-case'
}

/**
 * Billions of parameters below which models of a kind of use are rarely good enough, when the requirements name no
 * floor: a starting point to be replaced by the project's own eval suite.
 */
const usualFloorB: Readonly<Record<Requirements['useCase']['kind'], number>> = {
  classification: 1,
  extraction: 4,
  'rag-qa': 7,
  chat: 7,
  coding: 25,
  agent: 25,
}

export const qualityFloor = (requirements: Requirements, catalogue: Catalogue): QualityFloor => {
  const asked = requirements.models.minParametersB
  const size = asked ?? usualFloorB[requirements.useCase.kind]
  const scores = directScores(catalogue).map(({ size: at, score }) => ({ at, score }))
  const admitted = scores.filter(({ at }) => at >= size).map(({ score }) => score)
  return {
    effectiveParametersB: size,
    mmluPro: admitted.length > 0 ? Math.min(...admitted) : null,
    from: asked === undefined ? 'use-case' : 'requirements',
  }
}

/** Scores reached without hidden reasoning, which are the ones that compare at the same number of output tokens. */
const directScores = ({ models }: Catalogue) =>
  models.flatMap((model) => {
    const size = effectiveParametersB(model)
    const { quality } = model
    return quality?.mode === 'direct' && size !== null ? [{ size, score: quality.value }] : []
  })

/** A published score beside that of the floor; null where one of them is not known, and the size has to do. */
export const comparableScore = (quality: QualityEstimate, { mmluPro }: QualityFloor) =>
  quality.kind === 'published' && quality.mode === 'direct' && mmluPro !== null
    ? { own: quality.value, floor: mmluPro }
    : null

/** Whether a quality reaches the floor; null when nothing is known of it. */
export const reachesFloor = (
  quality: QualityEstimate,
  floor: QualityFloor,
  effective: number | null,
): boolean | null => {
  const score = comparableScore(quality, floor)
  if (score !== null) return score.own >= score.floor
  return effective === null ? null : effective >= floor.effectiveParametersB
}

/**
 * The MMLU-Pro score expected of an unquantized model: the published one; else what the line through the published
 * scores over the logarithm of the size gives, within two standard deviations, less one, since a size promises less
 * than a score. One's own measurement is put on the same scale by the models that have both: own x mean(published /
 * own); without any such model a share counts as so many points, and the range is a fifth either way. Null when
 * nothing is known.
 */
export const createScoreOf = (
  catalogue: Catalogue,
  requirements: Requirements,
): ((quality: QualityEstimate) => Estimate | null) => {
  const line = lineThrough(directScores(catalogue))
  const ratio = pointsPerShare(catalogue, requirements)
  return (quality) => {
    switch (quality.kind) {
      case 'unknown':
        return null
      case 'published':
        return { value: quality.value, low: quality.value, high: quality.value }
      case 'measured': {
        const value = quality.value * (ratio ?? 100)
        const wide = ratio === null ? 0.2 : 0
        return { value, low: value * (1 - wide), high: value * (1 + wide) }
      }
      case 'size-proxy': {
        const middle = line.at(Math.log(quality.effectiveParametersB))
        const { deviation } = line
        return { value: middle - deviation, low: middle - 2 * deviation, high: middle + 2 * deviation }
      }
    }
  }
}

/** Least squares of the score over the logarithm of the size. */
const lineThrough = (scores: ReturnType<typeof directScores>) => {
  const points = scores.map(({ size, score }) => ({ x: Math.log(size), y: score }))
  const x = mean(points.map((point) => point.x))
  const y = mean(points.map((point) => point.y))
  const slope =
    points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) /
    points.reduce((sum, point) => sum + (point.x - x) ** 2, 1e-9)
  const at = (logSize: number) => y + slope * (logSize - x)
  return { at, deviation: Math.sqrt(mean(points.map((point) => (point.y - at(point.x)) ** 2))) }
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length)

/** MMLU-Pro points to one share of the project's own suite, over the models that have both; null without any. */
const pointsPerShare = ({ lookUpModel }: Catalogue, { models }: Requirements): number | null => {
  const ratios = models.evals.flatMap(({ model, value }) => {
    const quality = lookUpModel(model).found?.quality
    return quality?.mode === 'direct' && value > 0 ? [quality.value / value] : []
  })
  return ratios.length > 0 ? mean(ratios) : null
}
