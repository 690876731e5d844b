// Open-weight models that the lists and licences of the requirements leave.

import { type Catalogue, type Model, normaliseName } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { isNamed } from '../search/is-named.js'
import { effectiveParametersB, publishedQualityOf, qualityFloor, reachesFloor } from '../search/quality.js'

/** Every name the requirements may use for it. */
export const namesOf = ({ name, checkpoint, aliases }: Model): readonly string[] => [
  name,
  checkpoint,
  ...aliases,
]

export const namedModels = ({ models }: Requirements, catalogue: Catalogue): readonly Model[] =>
  catalogue.models.filter((model) =>
    models.allowed.length === 0 ? model.use === 'chat' : isNamed(namesOf(model), models.allowed),
  )

export const allowedModels = (requirements: Requirements, catalogue: Catalogue): readonly Model[] => {
  const licences = requirements.models.licences.map(normaliseName)
  return namedModels(requirements, catalogue).filter(
    ({ licence }) => licences.length === 0 || (licence !== null && licences.includes(normaliseName(licence))),
  )
}

/** Of those, the ones that are large or good enough, as far as anybody knows. */
export const sufficientModels = (requirements: Requirements, catalogue: Catalogue): readonly Model[] => {
  const floor = qualityFloor(requirements, catalogue)
  const named = requirements.models.allowed.length > 0
  const licensed = allowedModels(requirements, catalogue)
  // That no licence fits is a conflict of its own; the others are still worth knowing.
  const models = licensed.length > 0 ? licensed : namedModels(requirements, catalogue)
  return models.filter(
    (model) =>
      (named && floor.from === 'use-case') ||
      reachesFloor(publishedQualityOf(model), floor, effectiveParametersB(model)) === true,
  )
}
