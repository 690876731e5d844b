// Weights of low-rank adapters that an engine keeps ready. Knows no base weights' format.

import type { Model, Weight } from '../../catalog/index.js'
import type { FitRequest } from './fit-request.js'

/**
 * Each adapted matrix gets two of rank r: inputs x r and r x outputs, 16 bits, for every adapter slot. vLLM lays out
 * `max_loras` + 1 slots of `max_lora_rank` whatever the adapters' own rank.
 */
export const adapterBytes = (
  model: Model,
  {
    adapters,
    tensorParallel,
    pipelineParallel,
  }: Pick<FitRequest, 'adapters' | 'tensorParallel' | 'pipelineParallel'>,
): number => {
  if (!adapters) return 0
  const pairs = model.shape.layers.flatMap(({ weights }) => weights).filter(isAdapted)
  const perRank = pairs.reduce(
    (sum, { parameters, rows }) => sum + parameters / rows + rows / tensorParallel,
    0,
  )
  return ((adapters.count + 1) * adapters.rank * perRank * 2) / pipelineParallel
}

const isAdapted = ({ kind, component, rows }: Weight): boolean =>
  kind === 'matrix' && rows > 0 && (component === 'attention' || component === 'feed-forward')
