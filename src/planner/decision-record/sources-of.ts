// Where the facts behind a design come from, with the day they were read.

import { type Catalogue, engineOf } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { subjectOf } from './arithmetic-of.js'
import { offerOf } from './cost-sums.js'
import type { DesignFacts } from './design-facts.js'
import { recordMessage } from './record-messages.js'

export const sourcesOf = ({ report, catalogue, launches }: DesignFacts): readonly Message[] => {
  const subject = subjectOf(report)
  const prices = recordMessage('planner.source-prices', { asOf: report.pricesAsOf })
  if (!subject) return [prices]
  const { fittedTo } = fittedCoefficients
  return [
    ...modelSources(catalogue, subject.model),
    ...acceleratorSources(catalogue, subject.accelerator),
    ...offerSources(catalogue, subject),
    prices,
    ...(subject.kind === 'self-hosted'
      ? [recordMessage('planner.source-fit', { rows: fittedTo.rows, date: fittedTo.date })]
      : []),
    ...(subject.routing?.kind === 'overflow' ? [recordMessage('planner.source-loss', {})] : []),
    ...(launches.length > 0 && subject.engine ? flagSources(catalogue, subject.engine) : []),
  ]
}

const modelSources = (catalogue: Catalogue, name: string): readonly Message[] => {
  const model = catalogue.lookUpModel(name).found
  if (!model) return []
  const { origin, date } = model.source
  return [
    recordMessage('planner.source-fact', { of: model.name, origin, date }),
    ...(model.quality
      ? [
          recordMessage('planner.source-quality', {
            of: model.name,
            metric: model.quality.metric,
            value: model.quality.value,
            source: model.quality.source,
          }),
        ]
      : []),
  ]
}

const acceleratorSources = (catalogue: Catalogue, name: string | null): readonly Message[] => {
  const accelerator = name === null ? undefined : catalogue.lookUpAccelerator(name).found
  if (!accelerator) return []
  const { origin, date } = accelerator.source
  return [recordMessage('planner.source-fact', { of: accelerator.label, origin, date })]
}

const offerSources = (catalogue: Catalogue, subject: Parameters<typeof offerOf>[1]): readonly Message[] => {
  const offer = offerOf(catalogue, subject)
  if (!offer) return []
  const { provider, item, usdPerHour, source, asOf } = offer
  return [
    recordMessage('planner.source-offer', { provider, item, usdPerHour, origin: source.origin, date: asOf }),
  ]
}

const flagSources = (
  catalogue: Catalogue,
  name: NonNullable<ReturnType<typeof subjectOf>>['engine'] & string,
): readonly Message[] => {
  const engine = engineOf(catalogue, name)
  return engine
    ? [
        recordMessage('planner.source-flags', {
          engine: engine.name,
          version: engine.version,
          source: engine.source,
        }),
      ]
    : []
}
