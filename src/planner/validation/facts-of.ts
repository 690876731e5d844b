// From a deployment of a table to the facts that its speed follows from.

import { type StepFacts, stepFacts } from '../speed/step-facts.js'
import type { Deployment } from './deployment-of.js'

export const factsOf = ({ model, accelerator, precision, spread }: Deployment): StepFacts | null =>
  stepFacts({
    model,
    accelerator,
    precision,
    layout: { tensorParallel: spread.count, pipelineParallel: spread.stages },
    attentionGroups: spread.groups,
    expertParallel: spread.expertParallel,
  })
