// The step model of a serving option: the one place where the search asks for times of steps.

import { createStepModel, type StepModel } from '../speed/roofline.js'
import type { DesignContext } from './design-context.js'
import { sharedSteps } from './pack.js'
import type { ServingOption } from './serving-option.js'
import { speculate } from './speculate.js'

/** @returns null when the accelerator cannot multiply in this precision, or its bandwidth is unknown */
export const stepModelOf = (option: ServingOption, { fitted }: DesignContext): StepModel | null => {
  const { model, split, build, engine, supply, layout, kvDtype, speculation, packing } = option
  const { tensorParallel, pipelineParallel, dataParallel = 1, expertParallel } = layout
  const steps = createStepModel({
    model,
    split,
    accelerator: supply.accelerator,
    precision: build.precision,
    layout: { tensorParallel: tensorParallel * dataParallel, pipelineParallel },
    attentionGroups: dataParallel,
    engine,
    coefficients: fitted.coefficients,
    ...(expertParallel ? { expertParallel } : {}),
    ...(kvDtype ? { kvDtype } : {}),
  })
  if (!steps) return null
  const drafted = speculation ? speculate(steps, speculation, model.layers) : steps
  return packing ? sharedSteps(drafted, packing) : drafted
}
