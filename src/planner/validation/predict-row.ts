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

/** A mixture whose spread is not stated is run as its table's makers tuned it: the better of the two usual ways. */
const spreadsOf = (row: MeasuredRow, { model, spread }: Deployment): readonly Spread[] => {
  if (model.experts === 0 || row.ep !== '' || spread.count === 1) return [spread]
  return [spread, { ...spread, groups: spread.count, expertParallel: true }]
}

const fullOf = (
  row: MeasuredRow,
  { model, accelerator, precision, engine, spread }: Deployment,
  coefficients: Coefficients,
): RowPrediction | null => {
  const { count, groups, stages, expertParallel } = spread
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
  const sequences = fullSequences({ model, accelerator, precision, sharding, tokens, kvDtype })
  const throughput = fullThroughput(steps, { sequences, inputTokens, outputTokens })
  return { tpot: (1000 * sequences) / throughput, ttft: null, throughput }
}
