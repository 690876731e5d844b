// Which variants of an evaluated way to serve are worth evaluating: those that a lower bound does not rule out.

import { canKeepFp8Kv } from '../memory/layouts.js'
import type { DesignContext } from './design-context.js'
import { isNamed } from './is-named.js'
import { packStages } from './pack.js'
import type { Evaluation } from './self-hosted.js'
import type { ServingOption } from './serving-option.js'
import { peakSlowness } from './sizing.js'

/** Variants of a plain option, with a KV cache in 16 bits and no drafting. */
export const variantsOf = (
  option: ServingOption,
  evaluation: Evaluation,
  context: DesignContext,
): readonly ServingOption[] => [
  ...(canGainByHalfKv(option, evaluation, context) ? [{ ...option, kvDtype: 'fp8' as const }] : []),
  ...context.requirements.models.speculation
    .filter(({ model }) =>
      isNamed([option.model.name, option.model.checkpoint, ...option.model.aliases], [model]),
    )
    .map((speculation) => ({ ...option, speculation })),
  ...packed(option, evaluation, context),
]

/**
 * The stages beside the model on its own cards, where one of them would otherwise be paid for. Of the engines vLLM is
 * told its share of a card whoever started first, and serves the stages too.
 */
const packed = (
  option: ServingOption,
  { candidate, served }: Evaluation,
  { stages, fitted }: DesignContext,
): readonly ServingOption[] => {
  const { memory } = candidate
  if (option.engine !== 'vllm' || !served || !memory) return []
  if (candidate.violations.some(({ relaxable }) => !relaxable)) return []
  const packing = packStages(stages, {
    accelerator: option.supply.accelerator,
    totalGiB: memory.totalGiB,
    utilisation: memory.settings.utilisation,
    replicas: served.sizing.replicas,
    efficiency: fitted.coefficients.compute.bf16,
  })
  return packing ? [{ ...option, packing }] : []
}

/**
 * Half the KV bytes cannot save a replica where one carries the peak already, nor where reading the prompts alone
 * keeps as many busy: replicas >= rate x prefill time. They can where memory or a target is missed.
 */
const canGainByHalfKv = (
  { engine, supply, model }: ServingOption,
  { candidate, served }: Evaluation,
  { enginePeak }: DesignContext,
): boolean => {
  if (!canKeepFp8Kv(engine, supply.accelerator) || model.kvBytesPerToken === 0) return false
  if (!served) return candidate.violations.some(({ reason }) => reason.code !== 'planner.weights-do-not-fit')
  if (candidate.targets.some(({ met }) => met === 'no')) return true
  const { server, sizing } = served
  const slowness = peakSlowness(server, enginePeak / sizing.replicas)
  const byPrompts = (enginePeak * server.warm.prefill.mean * slowness) / 1000
  return sizing.replicas > Math.max(1, Math.ceil(byPrompts))
}
