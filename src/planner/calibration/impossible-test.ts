// Load tests that no run of the deployment can have given: told before they are kept. By published figures alone.

import type { Component } from '../../catalog/index.js'
import type { FitRequest } from '../fit/fit-request.js'
import { weightsOf } from '../memory/weights.js'
import type { LoadTest } from './load-test.js'

export type ImpossibleTest = {
  /** Of the tests, from 0. */
  readonly index: number
} & (
  | {
      readonly kind: 'too-fast'
      readonly metric: 'tpotMs' | 'ttftMs'
      readonly ms: number
      /** What reading the weights of a token takes. */
      readonly leastMs: number
    }
  | { readonly kind: 'too-long'; readonly tokens: number; readonly context: number }
)

/** Published bandwidths and sizes are off by less. */
const margin = 2

/** Not read for a token of the answer; of embeddings that are no output head, too, only a row is. */
const unread: ReadonlySet<Component> = new Set(['vision', 'prediction'])

/** @returns the first that cannot be; null where all can, or the figures are not known */
export const impossibleTest = (request: FitRequest, tests: readonly LoadTest[]): ImpossibleTest | null => {
  const leastMs = leastTokenMs(request)
  const { maxContext } = request.model
  for (const [index, { load, tpotMs, ttftMs }] of tests.entries()) {
    const tokens = load.inputTokens + load.outputTokens
    const context = request.maxModelLen ?? maxContext
    if (context !== null && tokens > context) return { index, kind: 'too-long', tokens, context }
    if (leastMs === null) continue
    for (const [metric, ms] of Object.entries({ tpotMs, ttftMs }) as ['tpotMs' | 'ttftMs', number | null][])
      if (ms !== null && ms * margin < leastMs) return { index, kind: 'too-fast', metric, ms, leastMs }
  }
  return null
}

/** The weights that one token is multiplied with, once, at the published bandwidth. */
const leastTokenMs = ({ model, card, precision, ...layout }: FitRequest): number | null => {
  const bandwidthGBps = card.accelerator?.bandwidthGBps ?? null
  if (bandwidthGBps === null) return null
  const { tensorParallel, dataParallel, expertParallel } = layout
  // A token goes through all stages, one after the other.
  const sharding = { tensorParallel, pipelineParallel: 1, dataParallel, expertParallel }
  const { byComponent } = weightsOf(model, { sharding, precision, vision: false })
  const routed = model.experts > 0 ? model.expertsPerToken / model.experts : 1
  const bytes = (Object.entries(byComponent) as [Component, number][])
    .filter(([component]) => !unread.has(component) && (component !== 'embeddings' || model.tiedEmbeddings))
    .reduce((sum, [component, each]) => sum + each * (component === 'experts' ? routed : 1), 0)
  return bytes / (bandwidthGBps * 1e6)
}
