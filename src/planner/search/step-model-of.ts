// The step model of a serving option: the one place where the search asks for times of steps.

import { stepModelOf as modelOfFacts, type StepModel } from '../speed/roofline.js'
import type { DesignContext } from './design-context.js'
import { sharedSteps } from './pack.js'
import type { ServingOption } from './serving-option.js'
import { speculate } from './speculate.js'
import { tabulate } from './tabulate.js'

/** @returns null when the accelerator cannot multiply in this precision, or its bandwidth is unknown */
export const stepModelOf = (
  option: ServingOption,
  { fitted, stepFactsOf }: DesignContext,
): StepModel | null => {
  const { model, build, engine, supply, layout, kvDtype, speculation, packing } = option
  const { tensorParallel, pipelineParallel, dataParallel = 1, expertParallel } = layout
  const facts = stepFactsOf({
    model,
    accelerator: supply.accelerator,
    precision: build.precision,
    layout: { tensorParallel: tensorParallel * dataParallel, pipelineParallel },
    attentionGroups: dataParallel,
    ...(expertParallel ? { expertParallel } : {}),
    ...(kvDtype ? { kvDtype } : {}),
  })
  if (!facts) return null
  const steps = modelOfFacts(facts, engine, fitted.coefficients)
  const drafted = speculation ? speculate(steps, speculation, model.layers) : steps
  return tabulate(packing ? sharedSteps(drafted, packing) : drafted)
}
