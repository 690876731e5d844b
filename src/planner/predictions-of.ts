// What the designed architecture should measure in production, as rows of the scorecard.

import type { Requirements } from '../spec/index.js'
import type { Prediction } from './machine/machine.js'
import { standingRows } from './machine/row-ids.js'
import type { DesignReport } from './search/report.js'

/** One prediction for each speed target and for the cost, each in the target's own unit; none when nothing was chosen. */
export const predictionsOf = (
  { chosen }: DesignReport,
  { performance }: Requirements,
): readonly Prediction[] => {
  if (!chosen) return []
  const speed = chosen.targets.map(({ id, unit, estimate }): Prediction => {
    const asked = performance.targets.find((target) => target.id === id)?.unit
    const scale = asked === 's' ? 1000 : 1
    const { value, low, high } = estimate
    return { id, value: value / scale, unit: asked ?? unit, low: low / scale, high: high / scale }
  })
  const cost = chosen.usdPerMillionOutputTokens
  if (cost === null) return speed
  // List prices are what they are; the range is that of a tenth more or less traffic than planned.
  return [
    ...speed,
    { id: standingRows.cost, value: cost, unit: 'USD/1M tokens', low: cost / 1.1, high: cost * 1.1 },
  ]
}
