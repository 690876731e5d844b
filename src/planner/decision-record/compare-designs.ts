// Two designs side by side: what was chosen, what it costs, how fast and how good it is, and which settings differ.

import type { Design } from '../design.js'
import type { Candidate, PurchaseWay, QualityEstimate } from '../search/report.js'

export type ComparedValue = string | number | null

export interface ComparedFigure {
  /** `costPerMonthUsd`, `target ttft-p95`, `setting --max-num-seqs`. */
  readonly figure: string
  readonly unit: 'usd' | 'ms' | 'tokens/s' | 'count' | 'percent' | 'text'
  readonly before: ComparedValue
  readonly after: ComparedValue
}

/** Every figure of the choice, changed or not; of targets and settings those that either design has. */
export const compareDesigns = (before: Design, after: Design): readonly ComparedFigure[] => [
  ...figures.map(({ figure, unit, of }) => ({
    figure,
    unit,
    before: of(before.report.chosen, before),
    after: of(after.report.chosen, after),
  })),
  ...targetFigures(before.report.chosen, after.report.chosen),
  ...settingFigures(before, after),
]

interface Figure {
  readonly figure: string
  readonly unit: ComparedFigure['unit']
  readonly of: (chosen: Candidate | null, design: Design) => ComparedValue
}

const figures: readonly Figure[] = [
  { figure: 'chosen', unit: 'text', of: (chosen) => chosen?.id ?? null },
  { figure: 'model', unit: 'text', of: (chosen) => chosen?.model ?? null },
  { figure: 'servedBy', unit: 'text', of: (chosen) => chosen?.engine ?? chosen?.provider ?? null },
  { figure: 'precision', unit: 'text', of: (chosen) => chosen?.precision ?? null },
  { figure: 'accelerator', unit: 'text', of: (chosen) => chosen?.accelerator ?? null },
  {
    figure: 'replicas',
    unit: 'count',
    of: (chosen) =>
      chosen?.replicas ? (chosen.replicas.serving + chosen.replicas.spare) * chosen.replicas.regions : null,
  },
  { figure: 'accelerators', unit: 'count', of: (chosen) => chosen?.accelerators ?? null },
  { figure: 'joinedWith', unit: 'text', of: (chosen) => joinedWith(chosen) },
  { figure: 'joinedShare', unit: 'percent', of: (chosen) => joinedShare(chosen) },
  { figure: 'reservedShare', unit: 'percent', of: (chosen) => boughtShare(chosen, 'reserved') },
  { figure: 'spotShare', unit: 'percent', of: (chosen) => boughtShare(chosen, 'spot') },
  { figure: 'costPerMonthUsd', unit: 'usd', of: (chosen) => chosen?.costPerMonthUsd ?? null },
  {
    figure: 'systemUsdPerMonth',
    unit: 'usd',
    of: (_, { report }) => report.cost?.breakdown.totalUsdPerMonth ?? null,
  },
  {
    figure: 'usdPerMillionOutputTokens',
    unit: 'usd',
    of: (chosen) => chosen?.usdPerMillionOutputTokens ?? null,
  },
  { figure: 'ttftP90Ms', unit: 'ms', of: (chosen) => chosen?.latency?.ttftP90Ms.value ?? null },
  { figure: 'tpotP90Ms', unit: 'ms', of: (chosen) => chosen?.latency?.tpotP90Ms.value ?? null },
  { figure: 'e2eP90Ms', unit: 'ms', of: (chosen) => chosen?.latency?.e2eP90Ms.value ?? null },
  { figure: 'quality', unit: 'text', of: (chosen) => (chosen ? qualityText(chosen.quality) : null) },
  {
    figure: 'feasible',
    unit: 'count',
    of: (_, { report }) => report.candidates.filter(({ violations }) => violations.length === 0).length,
  },
]

/** The API above a base, or the model that is asked first. */
const joinedWith = (chosen: Candidate | null): string | null => {
  const routing = chosen?.routing
  if (!routing) return null
  return routing.kind === 'overflow' ? `overflow ${routing.api.id}` : `cascade ${routing.first.id}`
}

/** In percent: what goes to the API, or is given again by the main model. */
const joinedShare = (chosen: Candidate | null): number | null => {
  const routing = chosen?.routing
  if (!routing) return null
  return 100 * (routing.kind === 'overflow' ? routing.apiShare : routing.escalatedShare)
}

/** In percent of the accelerator-hours; null where nothing is rented. */
const boughtShare = (chosen: Candidate | null, way: PurchaseWay): number | null => {
  const hours = chosen?.purchase?.acceleratorHours
  return hours ? (100 * hours[way]) / (hours.reserved + hours.onDemand + hours.spot || 1) : null
}

const qualityText = (quality: QualityEstimate): string | null => {
  if (quality.kind === 'published') return `${quality.metric} ${quality.value}`
  if (quality.kind === 'measured') return `${quality.suite} ${quality.metric} ${quality.value}`
  return quality.kind === 'unknown' ? null : `~${quality.effectiveParametersB.toPrecision(3)}B`
}

const targetFigures = (before: Candidate | null, after: Candidate | null): readonly ComparedFigure[] => {
  const targets = [...(before?.targets ?? []), ...(after?.targets ?? [])]
  const ids = [...new Set(targets.map(({ id }) => id))]
  const predictedOf = (candidate: Candidate | null, id: string) =>
    candidate?.targets.find((target) => target.id === id)?.estimate.value ?? null
  return ids.map((id) => ({
    figure: `target ${id}`,
    unit: targets.find((target) => target.id === id)?.unit ?? 'ms',
    before: predictedOf(before, id),
    after: predictedOf(after, id),
  }))
}

const settingFigures = (before: Design, after: Design): readonly ComparedFigure[] => {
  const [one, other] = [settingsOf(before), settingsOf(after)]
  const flags = [...new Set([...one.keys(), ...other.keys()])]
  return flags.map((flag) => ({
    figure: `setting ${flag}`,
    unit: 'text',
    before: one.get(flag) ?? null,
    after: other.get(flag) ?? null,
  }))
}

/** A flag without a value counts as `on`. */
const settingsOf = ({ launches }: Design): ReadonlyMap<string, string> =>
  new Map(
    launches.flatMap(({ settings }) =>
      settings.flatMap(({ flag, value }): [string, string][] =>
        flag === null ? [] : [[flag, value ?? 'on']],
      ),
    ),
  )
