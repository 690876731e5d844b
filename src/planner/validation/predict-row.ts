// One row of another kind than closed-loop serving, predicted by what it states.

import type { Catalogue } from '../../catalog/index.js'
import type { Coefficients } from '../speed/coefficients.js'
import { fullSequences, fullThroughput } from '../speed/max-throughput.js'
import { createStepModel } from '../speed/roofline.js'
import { type Deployment, deploymentOf, type Spread } from './deployment-of.js'
import { lengthsOf } from './lengths-of.js'
import { predictDisaggregated } from './predict-disaggregated.js'
import type { MeasuredRow } from './read-measured.js'
import type { RowPrediction } from './row-prediction.js'

export const predictRow = (
  row: MeasuredRow,
  catalogue: Catalogue,
  coefficients: Coefficients,
): RowPrediction | null => {
  if (/^p\d+\/d\d+$/i.test(row.tp)) return predictDisaggregated(row, catalogue, coefficients)
  const deployment = deploymentOf(row, catalogue)
  if (!deployment) return null
  return deployment.engine === 'llama.cpp'
    ? predictSingle(row, deployment, coefficients)
    : predictFull(row, deployment, coefficients)
}

/** One sequence; the layers stand on the accelerators one after another, so that their number changes nothing. */
const predictSingle = (
  row: MeasuredRow,
  { model, accelerator, precision, engine }: Deployment,
  coefficients: Coefficients,
): RowPrediction | null => {
  const layout = { tensorParallel: 1, pipelineParallel: 1 }
  const steps = createStepModel({ model, accelerator, precision, layout, engine, coefficients })
  if (!steps) return null
  const { inputTokens, outputTokens } = lengthsOf(row)
  return {
    tpot: steps.decodeAt(inputTokens + outputTokens / 2)(1),
    ttft: inputTokens > 0 ? steps.prefillMs(inputTokens) : null,
    throughput: null,
  }
}

const predictFull = (
  row: MeasuredRow,
  deployment: Deployment,
  coefficients: Coefficients,
): RowPrediction | null => {
  const spreads = spreadsOf(row, deployment)
  const reached = spreads.flatMap((spread) => fullOf(row, { ...deployment, spread }, coefficients) ?? [])
  if (reached.length === 0) return null
  return reached.reduce((best, one) => ((one.throughput ?? 0) > (best.throughput ?? 0) ? one : best))
}

interface Replicated extends Spread {
  /** How many such replicas the row's accelerators hold. */
  readonly replicas: number
}

/**
 * What a table does not say is taken to be as its makers tuned it. No tensor parallelism stated: replicas of every size;
 * no expert parallelism stated for a mixture: experts cut, or whole behind attention by groups.
 */
const spreadsOf = (row: MeasuredRow, { model, spread }: Deployment): readonly Replicated[] => {
  const sizes = row.tp === '' ? sizesIn(spread.count) : [spread.count]
  return sizes.flatMap((count) => {
    const replicas = spread.count / count
    const plain = { ...spread, count, groups: Math.min(spread.groups, count), replicas }
    const isOpen = model.experts > 0 && row.ep === '' && count > 1
    return isOpen ? [plain, { ...plain, groups: count, expertParallel: true }] : [plain]
  })
}

/** Sizes of equal replicas: powers of two that divide the whole, and the whole. */
const sizesIn = (count: number): readonly number[] => [
  ...new Set([...[1, 2, 4, 8, 16].filter((size) => count % size === 0), count]),
]

const fullOf = (
  row: MeasuredRow,
  { model, accelerator, precision, engine, spread }: Deployment & { readonly spread: Replicated },
  coefficients: Coefficients,
): RowPrediction | null => {
  const { count, groups, stages, expertParallel, replicas } = spread
  const kvDtype = precision === 'bf16' ? ('bf16' as const) : ('fp8' as const)
  const layout = { tensorParallel: count, pipelineParallel: stages }
  const steps = createStepModel({
    model,
    accelerator,
    precision,
    layout,
    engine,
    coefficients,
    attentionGroups: groups,
    expertParallel,
  })
  if (!steps) return null
  const { inputTokens, outputTokens } = lengthsOf(row)
  const sharding = {
    tensorParallel: count / groups,
    pipelineParallel: stages,
    dataParallel: groups,
    expertParallel,
  }
  const tokens = inputTokens + outputTokens
  const held = fullSequences({ model, accelerator, precision, sharding, tokens, kvDtype })
  // A layout that was measured fits, whatever the arithmetic says; one that is only thought of must.
  if (held < groups && row.tp === '') return null
  const sequences = Math.max(groups, held)
  const throughput = fullThroughput(steps, { sequences, inputTokens, outputTokens })
  return { tpot: (1000 * sequences) / throughput, ttft: null, throughput: replicas * throughput }
}
