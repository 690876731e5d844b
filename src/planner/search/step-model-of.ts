// The step model of a serving option: the one place where the search asks for times of steps, and for what load tests
// of that option taught about them.

import { calibratedServing } from '../calibration/calibrated-serving.js'
import type { ClosedLoop } from '../speed/closed-loop.js'
import type { ErrorBand, OfBoth } from '../speed/coefficients.js'
import { stepModelOf as modelOfFacts, type StepModel } from '../speed/roofline.js'
import type { DesignContext } from './design-context.js'
import { sharedSteps } from './pack.js'
import type { ServingOption } from './serving-option.js'
import { speculate } from './speculate.js'
import { tabulate } from './tabulate.js'

/** @returns null when the accelerator cannot multiply in this precision, or its bandwidth is unknown */
export const stepModelOf = (option: ServingOption, context: DesignContext): StepModel | null => {
  const { model, speculation, packing } = option
  const plain = plainSteps(option, context)
  if (!plain) return null
  const tests = context.loadTestsOf(option)
  const steps = tests.length > 0 ? learned(option, plain, context).steps : plain
  const drafted = speculation ? speculate(steps, speculation, model.layers) : steps
  return tabulate(packing ? sharedSteps(drafted, packing) : drafted)
}

/** Whether load tests were made of an option as it is: without drafting and without neighbours on its accelerators. */
export const isTested = (option: ServingOption, { loadTestsOf }: DesignContext): boolean =>
  !option.speculation && !option.packing && loadTestsOf(option).length > 0

/**
 * The ranges of a tested option's times, by what one replica runs.
 * @returns null for a metric that no test measured
 */
export const testedBands = (
  option: ServingOption,
  context: DesignContext,
): ((load: ClosedLoop) => OfBoth<ErrorBand | null>) => {
  const plain = plainSteps(option, context)
  return plain ? learned(option, plain, context).bandsAt : () => ({ tpot: null, ttft: null })
}

const learned = (option: ServingOption, steps: StepModel, context: DesignContext) => {
  const { fitted } = context
  const ofEngine = fitted.coefficients.engines[option.engine]
  return calibratedServing({ steps, engine: option.engine, ofEngine }, context.loadTestsOf(option), fitted)
}

/** As fitted, without drafting and neighbours. */
const plainSteps = (option: ServingOption, { fitted, stepFactsOf }: DesignContext): StepModel | null => {
  const { model, build, engine, supply, layout, kvDtype } = option
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
  return facts && modelOfFacts(facts, engine, fitted.coefficients)
}
