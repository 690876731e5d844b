// What is asked of models against the models that may be used.

import type { Catalogue, Model } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { isNamed } from '../search/is-named.js'
import { effectiveParametersB } from '../search/quality.js'
import { meets } from '../search/target.js'
import { allowedModels, namedModels } from './allowed-models.js'
import type { Conflict } from './assessment.js'
import { conflictMessage } from './conflict-messages.js'

export const modelConflicts = (requirements: Requirements, catalogue: Catalogue): readonly Conflict[] => [
  ...noModelLeft(requirements, catalogue),
  ...sizeBeyondModels(requirements, catalogue),
  ...ownEvalsAllBelow(requirements),
]

const noModelLeft = (requirements: Requirements, catalogue: Catalogue): Conflict[] => {
  const { allowed, licences } = requirements.models
  if (allowed.length === 0 || licences.length === 0) return []
  if (namedModels(requirements, catalogue).length === 0 || allowedModels(requirements, catalogue).length > 0)
    return []
  return [
    {
      kind: requirements.hosting.allowed.includes('hosted-api') ? 'tension' : 'contradiction',
      between: ['models.allowed', 'models.licences'],
      message: conflictMessage('planner.no-model-left', {
        allowed,
        licences,
      }),
    },
  ]
}

/**
 * A published score may stand above a size, so only models without one are judged by theirs; where no known model is
 * that large, no score stands for the size. What was measured on one's own suite is judged by that.
 */
const sizeBeyondModels = (requirements: Requirements, catalogue: Catalogue): Conflict[] => {
  const { allowed, minParametersB: floorB, evals } = requirements.models
  if (floorB === undefined || evals.length > 0) return []
  const known = largestOf(catalogue.models)
  if (known && known.sizeB < floorB)
    return [
      {
        kind: 'contradiction',
        between: ['models.minParametersB'],
        message: conflictMessage('planner.size-beyond-known', { ...known, floorB }),
      },
    ]
  const named = allowed.length > 0 ? namedModels(requirements, catalogue) : []
  const largest = largestOf(named)
  if (!largest || largest.sizeB >= floorB || named.some(({ quality }) => quality?.mode === 'direct'))
    return []
  return [
    {
      kind: 'contradiction',
      between: ['models.allowed', 'models.minParametersB'],
      message: conflictMessage('planner.size-beyond-allowed', { ...largest, floorB }),
    },
  ]
}

const largestOf = (models: readonly Model[]) =>
  models
    .flatMap((model) => {
      const sizeB = effectiveParametersB(model)
      return sizeB === null ? [] : [{ model: model.name, sizeB }]
    })
    .sort((a, b) => b.sizeB - a.sizeB)[0]

const ownEvalsAllBelow = ({ models, quality }: Requirements): Conflict[] =>
  quality.targets.flatMap((target): Conflict[] => {
    const own = models.evals.filter(
      ({ metric, suite, model }) =>
        metric === target.metric &&
        suite === target.suite &&
        (models.allowed.length === 0 || isNamed([model], models.allowed)),
    )
    const best = own.sort((a, b) => b.value - a.value)[0]
    // Models that nobody measured may still do, unless the list leaves none.
    const all = models.allowed.length > 0 && own.length >= models.allowed.length
    if (!best || !all || !target.op.startsWith('>') || meets(target, target.value, best.value)) return []
    const { id, op, value } = target
    return [
      {
        kind: 'contradiction',
        between: [id, 'models.evals'],
        message: conflictMessage('planner.own-evals-all-below', {
          target: id,
          op,
          limit: value,
          model: best.model,
          best: best.value,
        }),
      },
    ]
  })
