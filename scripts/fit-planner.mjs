// Fits the planner's efficiencies to measured serving runs and writes src/planner/speed/fitted-coefficients.json:
// coefficients, the same without each architecture, how deployments differ from them, and the hash of the file they
// came from. The file of runs is not part of the product. Predictions are made by the planner's own code (dist/).
//
// Usage: node scripts/build.mjs && node scripts/fit-planner.mjs MEASURED.csv [--write] [--ranges]
// --ranges: coefficients stay as they are; only what is made of their residuals is worked out anew (seconds).

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { loadCatalogue } from '../dist/catalog/index.js'
import { closedLoopParts, predictClosedLoop } from '../dist/planner/speed/closed-loop.js'
import { stepModelOf } from '../dist/planner/speed/roofline.js'
import { closedLoopOf } from '../dist/planner/validation/closed-loop-of.js'
import { factsOf } from '../dist/planner/validation/facts-of.js'
import { deploymentKey, servingRuns } from '../dist/planner/validation/measured-run.js'
import { readMeasured } from '../dist/planner/validation/read-measured.js'
import { simulatedTtftMs, simulateQueue } from '../dist/planner/validation/simulated-ttft.js'
import { quantile } from '../dist/stats/index.js'
import { fitRange } from './fit-planner/fit-range.mjs'
import { fitSpread } from './fit-planner/fit-spread.mjs'
import { leastSquares } from './fit-planner/least-squares.mjs'
import {
  encode,
  simulatedParameters,
  tpotParameters,
  ttftParameters,
  withValues,
} from './fit-planner/parameters.mjs'

const [file] = argv.slice(2).filter((word) => !word.startsWith('--'))
if (!file) {
  stderr.write('Usage: node scripts/fit-planner.mjs MEASURED.csv [--write] [--ranges]\n')
  exit(2)
}
const target = join(import.meta.dirname, '..', 'src', 'planner', 'speed', 'fitted-coefficients.json')

const text = readFileSync(file, 'utf8')
const serving = readMeasured(text).rows.filter(({ use }) => use === 'anchor' || use === 'sparse')
const { runs, refused } = servingRuns(serving, loadCatalogue())
const cases = runs
  .map((run) => ({ ...run, ...closedLoopOf(run), facts: factsOf(run.deployment) }))
  .filter(({ facts, tpotMs, ttftMs }) => facts && tpotMs && ttftMs)
stderr.write(`${serving.length} rows, ${cases.length} runs, ${refused.length} rows refused\n`)

const predict = (each, coefficients) => {
  const { engine } = each.deployment
  return predictClosedLoop(stepModelOf(each.facts, engine, coefficients), each, coefficients.engines[engine])
}
const residuals = (some, coefficients, metric) =>
  Float64Array.from(some, (each) => Math.log(predict(each, coefficients)[metric] / each[metric]))

/** Each architecture with equal weight, so that the ones with many runs do not decide for those that are not there. */
const balanced = (some) => {
  const counts = new Map()
  for (const { deployment } of some)
    counts.set(deployment.architecture, (counts.get(deployment.architecture) ?? 0) + 1)
  return some.map(({ deployment }) => some.length / counts.size / counts.get(deployment.architecture))
}
const valuesOf = (parameters, from) =>
  parameters.map(([path, , share]) =>
    encode(
      path.split('.').reduce((node, key) => node[key], from),
      share,
    ),
  )
const priorsOf = (parameters) => parameters.map(([, value, share]) => encode(value, share))
const fitMetric = (some, base, { parameters, metric, softScale, ridge }) => {
  const x = leastSquares({
    residuals: (at) => residuals(some, withValues(base, parameters, at), metric),
    prior: priorsOf(parameters),
    start: valuesOf(parameters, base),
    weights: balanced(some),
    softScale,
    pull: ridge * some.length,
  })
  return withValues(base, parameters, x)
}
const tpot = { parameters: tpotParameters, metric: 'tpotMs', softScale: 0.15, ridge: 0.0007 }
const ttft = { parameters: ttftParameters, metric: 'ttftMs', softScale: 0.3, ridge: 0.001 }
/** Each time depends on what is fitted to the other, so both are fitted in turn, from the priors: no run is seen before. */
const rounds = 2
const fitBoth = (some, base) => {
  const all = [...tpotParameters, ...ttftParameters]
  let fit = withValues(base, all, priorsOf(all))
  for (let round = 0; round < rounds; round++) fit = fitMetric(some, fitMetric(some, fit, tpot), ttft)
  return fit
}

/** Where many run together the queue decides, and is simulated. */
const leastSimulated = 16
const fitSimulated = (some, coefficients) => {
  const queued = some
    .filter(({ concurrency }) => concurrency >= leastSimulated)
    .map((each) => ({ ...each, queue: simulateQueue({ run: each, facts: each.facts }, coefficients) }))
  const start = withValues(
    { vllm: {}, sglang: {}, trtllm: {} },
    simulatedParameters,
    simulatedParameters.map(([, value]) => encode(value)),
  )
  const x = leastSquares({
    residuals: (at) => {
      const of = withValues(start, simulatedParameters, at)
      return Float64Array.from(queued, (each) =>
        Math.log(simulatedTtftMs({ run: each, facts: each.facts }, each.queue, of) / each.ttftMs),
      )
    },
    prior: simulatedParameters.map(([, value]) => encode(value)),
    weights: balanced(queued),
    softScale: ttft.softScale,
    pull: ttft.ridge * queued.length,
  })
  return withValues(start, simulatedParameters, x)
}

const errorsOf = (r) => [...r].map((value) => Math.abs(Math.exp(value) - 1) * 100)
const told = (r) =>
  `median ${quantile(errorsOf(r), 0.5).toFixed(1)} %, p90 ${quantile(errorsOf(r), 0.9).toFixed(1)} %`

const start = JSON.parse(readFileSync(target, 'utf8'))
const isKept = argv.includes('--ranges')
const coefficients = isKept ? start.coefficients : fitBoth(cases, start.coefficients)
coefficients.engines.tgi = { ...coefficients.engines.vllm, kvBytesFactor: 1 }
for (const metric of ['tpotMs', 'ttftMs'])
  stderr.write(`all runs: ${metric} ${told(residuals(cases, coefficients, metric))}\n`)

const architectures = [...new Set(cases.map(({ deployment }) => deployment.architecture))]
const isOf = (architecture) => (each) => each.deployment.architecture === architecture
const apart = {}
for (const architecture of architectures)
  apart[architecture] = isKept
    ? start.without[architecture].coefficients
    : fitBoth(
        cases.filter((each) => !isOf(architecture)(each)),
        start.coefficients,
      )

/** Residuals and parts of one metric where the architecture was not seen: what spreads are made of. */
const partsOf = (each, coefficients, metric) => {
  const { engine } = each.deployment
  const steps = stepModelOf(each.facts, engine, coefficients)
  return closedLoopParts(steps, each, coefficients.engines[engine])[metric.slice(0, -2)]
}
const unseen = {}
const spread = {}
for (const { metric } of [tpot, ttft]) {
  unseen[metric] = cases.map((each) => {
    const coefficients = apart[each.deployment.architecture]
    return {
      each,
      parts: partsOf(each, coefficients, metric),
      residual: residuals([each], coefficients, metric)[0],
    }
  })
  for (const architecture of architectures) {
    const left = unseen[metric].filter(({ each }) => isOf(architecture)(each))
    const { name } = left[0].each.deployment.model
    stderr.write(`without ${name} (${left.length}): ${metric} ${told(left.map((one) => one.residual))}\n`)
  }
  stderr.write(`unseen: ${metric} ${told(unseen[metric].map((one) => one.residual))}\n`)
  const groups = Object.values(Object.groupBy(unseen[metric], ({ each }) => deploymentKey(each)))
  spread[metric] = fitSpread(
    groups.map((group) => group.map(({ each, parts }) => ({ parts, measuredMs: each[metric] }))),
  )
  stderr.write(`spread: ${JSON.stringify(spread[metric])}\n`)
}
const rangeOf = (isIn, metric) => {
  const some = unseen[metric].filter(({ each }) => isIn(each))
  return fitRange(
    some.map(({ each, residual }) => ({
      point: { engine: each.deployment.engine, ...closedLoopOf(each) },
      residual: -residual,
    })),
    balanced(some.map(({ each }) => each)),
  )
}
const rangesOf = (isIn) => ({ tpot: rangeOf(isIn, 'tpotMs'), ttft: rangeOf(isIn, 'ttftMs') })
const without = Object.fromEntries(
  architectures.map((architecture) => [
    architecture,
    {
      coefficients: apart[architecture],
      simulatedTtft: isKept
        ? start.without[architecture].simulatedTtft
        : fitSimulated(
            cases.filter((each) => !isOf(architecture)(each)),
            apart[architecture],
          ),
      ranges: rangesOf((each) => !isOf(architecture)(each)),
    },
  ]),
)

const round = (value) => Number(value.toPrecision(4))
const rounded = (node) => {
  if (typeof node === 'number') return round(node)
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rounded(value)]))
}
const residualsOf = (metric) => unseen[metric].map(({ residual }) => residual)
const result = {
  coefficients: rounded(coefficients),
  simulatedTtft: rounded(isKept ? start.simulatedTtft : fitSimulated(cases, coefficients)),
  ranges: rounded(rangesOf(() => true)),
  spread: rounded({ tpot: spread.tpotMs, ttft: spread.ttftMs }),
  without: rounded(without),
  errors: {
    tpotMedianPct: round(quantile(errorsOf(residualsOf('tpotMs')), 0.5)),
    tpotP90Pct: round(quantile(errorsOf(residualsOf('tpotMs')), 0.9)),
    ttftMedianPct: round(quantile(errorsOf(residualsOf('ttftMs')), 0.5)),
    ttftP90Pct: round(quantile(errorsOf(residualsOf('ttftMs')), 0.9)),
  },
  fittedTo: {
    sha256: createHash('sha256').update(text).digest('hex'),
    rows: cases.length,
    date: new Date().toISOString().slice(0, 10),
  },
  measuredAccelerators: [...new Set(cases.map(({ deployment }) => deployment.accelerator.name))].sort(),
  measuredEngines: [...new Set(cases.map(({ deployment }) => deployment.engine))].sort(),
}
if (argv.includes('--write')) {
  writeFileSync(target, `${JSON.stringify(result, null, 2)}\n`)
  execFileSync(join(import.meta.dirname, '..', 'node_modules', '.bin', 'biome'), [
    'format',
    '--write',
    target,
  ])
}
