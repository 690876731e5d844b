// Tables made of the planner's own predictions, bent in ways whose figures are known.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { createRandom } from '../../core/index.js'
import { predictClosedLoop } from '../speed/closed-loop.js'
import { type FittedCoefficients, fittedCoefficients } from '../speed/coefficients.js'
import { stepModelOf } from '../speed/roofline.js'
import { deploymentOf } from './deployment-of.js'
import { factsOf } from './facts-of.js'
import { predictRow } from './predict-row.js'
import { type MeasuredRow, measuredColumns } from './read-measured.js'
import { validatePlanner } from './validate-planner.js'

const catalogue = loadCatalogue()
/** Everything is unseen, so that the figures of left-out models are those of the coefficients as shipped. */
const fitted: FittedCoefficients = { ...fittedCoefficients, without: {} }

type Fields = Partial<MeasuredRow>
const rowOf = (fields: Fields): MeasuredRow =>
  ({
    ...Object.fromEntries(measuredColumns.map((name) => [name, ''])),
    model: 'meta-llama/Llama-3.1-70B',
    precision: 'fp8',
    gpu: 'h100_sxm',
    gpu_count: '4',
    tp: '4',
    pp: '1',
    ep: '1',
    attn_dp: '1',
    moe_tp: '1',
    engine: 'vllm',
    isl: '1024',
    osl: '512',
    concurrency_or_rate: '8',
    use: 'anchor',
    ...fields,
  }) as MeasuredRow

/** A row measured at `factor` times what is predicted for it. */
const measuredAt = (fields: Fields, factor: number): MeasuredRow => {
  const row = rowOf(fields)
  const deployment = deploymentOf(row, catalogue)
  const facts = deployment && factsOf(deployment)
  if (!deployment || !facts) throw new Error('no prediction')
  const { coefficients } = fitted
  const load = {
    concurrency: Number(row.concurrency_or_rate),
    inputTokens: Number(row.isl),
    outputTokens: Number(row.osl),
  }
  const times = predictClosedLoop(
    stepModelOf(facts, deployment.engine, coefficients),
    load,
    coefficients.engines[deployment.engine],
  )
  return { ...row, tpot_or_itl_ms: String(times.tpotMs * factor), ttft_ms: String(times.ttftMs * factor) }
}

const csvOf = (rows: readonly MeasuredRow[]) =>
  [
    measuredColumns.join(','),
    ...rows.map((row) => measuredColumns.map((name) => `"${row[name]}"`).join(',')),
  ].join('\n')
const figures = (rows: readonly MeasuredRow[]) => {
  const found = validatePlanner(csvOf(rows), catalogue, fitted).figures
  return (name: string) => found.find((figure) => figure.name === name)
}
const loads = ['4', '8', '16', '32', '64', '128'].map((concurrency_or_rate) => ({ concurrency_or_rate }))

describe('validatePlanner', () => {
  it('finds no error where measurement and prediction agree', () => {
    const figure = figures(loads.map((load) => measuredAt(load, 1)))
    expect(figure('planner.tpot.asShipped.medianErrorPct')?.value).toBeCloseTo(0, 6)
    expect(figure('planner.ttft.leaveOneModelOut.p90ErrorPct')?.value).toBeCloseTo(0, 6)
    expect(figure('planner.answeredShare')?.value).toBe(1)
  })

  it('says by how much predictions miss, in percent of what was measured', () => {
    // Measured 1.25 times as long: predicted 0.8 of it, so 20 % off.
    const figure = figures(loads.map((load) => measuredAt(load, 1.25)))
    expect(figure('planner.tpot.leaveOneModelOut.medianErrorPct')).toMatchObject({ target: 15, pass: false })
    expect(figure('planner.tpot.leaveOneModelOut.medianErrorPct')?.value).toBeCloseTo(20, 6)
  })

  it('learns a steady difference from three tests', () => {
    const figure = figures(loads.map((load) => measuredAt(load, 1.25)))
    expect(figure('planner.tpot.calibrated3.medianErrorPct')?.value).toBeLessThan(3)
    // 20 draws of three from six, and the other three judged
    expect(figure('planner.tpot.calibrated3.medianErrorPct')?.n).toBe(60)
  })

  it('merges repeats by their median before anything else', () => {
    const [row] = [measuredAt({}, 1)]
    const wild = { ...row, tpot_or_itl_ms: '9999' }
    expect(figures([row, row, wild])('planner.tpot.asShipped.medianErrorPct')).toMatchObject({ n: 1 })
    expect(figures([row, row, wild])('planner.tpot.asShipped.medianErrorPct')?.value).toBeCloseTo(0, 6)
  })

  it('counts a row it cannot predict as one with the worst error', () => {
    const rows = [measuredAt({}, 1), measuredAt({ concurrency_or_rate: '16' }, 2), rowOf({ gpu: 'abacus' })]
    const figure = figures(rows)
    expect(figure('planner.answeredShare')?.value).toBeCloseTo(2 / 3, 6)
    expect(figure('planner.tpot.asShipped.medianErrorPct')).toMatchObject({ n: 3 })
    expect(figure('planner.tpot.asShipped.medianErrorPct')?.value).toBeCloseTo(50, 6)
  })

  it('leaves out rows that are excluded', () => {
    const rows = [measuredAt({}, 1), rowOf({ use: 'exclude-broken', gpu: 'abacus' })]
    expect(figures(rows)('planner.answeredShare')?.value).toBe(1)
  })

  it('reports each other use under its name', () => {
    const full = rowOf({
      use: 'max-throughput',
      concurrency_or_rate: 'max',
      throughput_tok_s_total_output: '9000',
      engine: 'trtllm',
    })
    expect(figures([full])('planner.maxThroughput.medianErrorPct')).toMatchObject({ n: 1, target: 20 })
  })

  it('finds how many replicas a whole machine holds where the table does not say', () => {
    // 8B in fp8 on eight H200: eight replicas of one card write more than one of eight, which would only wait for links.
    const of = (tp: string) => {
      const row = rowOf({
        model: 'llama3.1-8b-99.9',
        gpu: 'NVIDIA H200-SXM-141GB',
        gpu_count: '8',
        tp,
        use: 'mlperf',
      })
      return predictRow(row, catalogue, fitted.coefficients)?.throughput ?? 0
    }
    expect(of('')).toBeGreaterThan(2 * of('8'))
  })

  it('ranks layouts by what they write for their accelerators', () => {
    const layouts = ['1', '2', '4', '8'].map((count) => ({ gpu_count: count, tp: count, gpu: 'h200_sxm' }))
    const agreed = figures(layouts.map((layout) => measuredAt(layout, 1)))
    expect(agreed('planner.ranking.withinTenPctShare')).toMatchObject({ value: 1, n: 1 })
    expect(agreed('planner.ranking.spearman')?.value).toBeCloseTo(1, 6)
    // Measured the other way round: what looks best is worst.
    const turned = figures(layouts.map((layout, i) => measuredAt(layout, 8 ** (3 - i))))
    expect(turned('planner.ranking.spearman')?.value).toBeLessThan(0)
  })

  it('covers four in five runs that scatter as the fitted ones did', () => {
    const random = createRandom('scatter')
    const { low, high } = fitted.ranges.tpot
    const rows = Array.from({ length: 200 }, (_, i) =>
      measuredAt({ concurrency_or_rate: String(4 + i) }, Math.exp(0.01 * random.normal())),
    )
    const figure = figures(rows)
    expect(low).toBeLessThan(0)
    expect(high).toBeGreaterThan(0)
    expect(figure('planner.tpot.coverage80Share')?.value).toBe(1)
    const far = figures(
      rows.map((row) => ({ ...row, tpot_or_itl_ms: String(3 * Number(row.tpot_or_itl_ms)) })),
    )
    expect(far('planner.tpot.coverage80Share')?.value).toBe(0)
  })

  it('takes separate pools of an unstated number of instances to be as many as where it is stated', () => {
    const pools = (notes: string, attn_dp = 'P1/D1') => {
      const fields = { model: 'deepseek-ai/DeepSeek-R1', gpu: 'h200_sxm', precision: 'fp8', engine: 'sglang' }
      const layout = { tp: 'P8/D8', ep: 'P8/D8', attn_dp, notes, concurrency_or_rate: '64', use: 'disagg' }
      return predictRow(rowOf({ ...fields, ...layout }), catalogue, fitted.coefficients)?.tpot ?? 0
    }
    const unstated = pools('1P x 8gpu + 1D x 8gpu')
    expect(unstated).toBe(pools('1P x 8gpu + 4D x 8gpu'))
    expect(unstated).toBeLessThan(pools('2P x 8gpu + 1D x 8gpu'))
  })

  it('names what a table lacks', () => {
    expect(validatePlanner('a,b\n1,2\n', catalogue, fitted).file.missing).toContain('model')
  })
})

describe('a layout that was multiplied', () => {
  const spreadOf = (fields: Fields) =>
    deploymentOf(rowOf({ model: 'deepseek-ai/DeepSeek-R1', ...fields }), catalogue)?.spread

  it('is read as the runs that stand twice in a table show', () => {
    expect(spreadOf({ gpu_count: '64', tp: '64', ep: '8', moe_tp: '8' })).toMatchObject({
      count: 8,
      groups: 1,
    })
    expect(spreadOf({ gpu_count: '64', tp: '1', attn_dp: '64', ep: '8', moe_tp: '8' })).toMatchObject({
      count: 8,
      groups: 8,
    })
    expect(spreadOf({ gpu_count: '16', tp: '4', attn_dp: '4', ep: '16', moe_tp: '1' })).toMatchObject({
      count: 4,
      groups: 4,
    })
  })

  it('is left as it is where nothing says otherwise', () => {
    expect(spreadOf({ gpu_count: '16', tp: '16', ep: '1', moe_tp: '16' })).toMatchObject({
      count: 16,
      groups: 1,
    })
    expect(spreadOf({ gpu_count: '8', tp: '8', ep: '8', moe_tp: '1' })).toMatchObject({
      count: 8,
      expertParallel: true,
    })
  })
})
