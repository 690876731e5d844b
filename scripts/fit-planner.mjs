// Fits the planner's efficiencies to measured serving runs and writes src/planner/speed/fitted-coefficients.json:
// coefficients, errors on unseen architectures, error bands, and the hash of the file they came from.
// The file of runs is not part of the product. Predictions are made by the planner's own code (dist/).
//
// Usage: node scripts/build.mjs && node scripts/fit-planner.mjs MEASURED.csv [--write]

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { loadCatalogue } from '../dist/catalog/index.js'
import { splitParameters } from '../dist/planner/memory/memory.js'
import { predictClosedLoop } from '../dist/planner/speed/closed-loop.js'
import { createStepModel } from '../dist/planner/speed/roofline.js'

const [file] = argv.slice(2).filter((word) => !word.startsWith('--'))
if (!file) {
  stderr.write('Usage: node scripts/fit-planner.mjs MEASURED.csv [--write]\n')
  exit(2)
}

const parseCsv = (text) => {
  const [header, ...lines] = text.trim().split('\n').map(splitLine)
  return lines.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])))
}
const splitLine = (line) => {
  const cells = []
  let cell = ''
  let quoted = false
  for (const character of line.replace(/\r$/, '')) {
    if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  return [...cells, cell]
}

const catalogue = loadCatalogue()
const text = readFileSync(file, 'utf8')
const measured = parseCsv(text)
const precisions = { fp8: 'fp8', fp4: 'nvfp4', int4: 'int4', bf16: 'bf16' }
const median = (values) => quantile(values, 0.5)
const quantile = (values, p) => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
}
/** Models of one shape leave together: R1 and V3, an 8B and its FP8 build. */
const shapeOf = ({ layers, hidden, heads, experts }) => [layers, hidden, heads, experts].join('/')

/** Repeats of one deployment and load are merged by their median. */
const readRuns = () => {
  const groups = new Map()
  for (const row of measured) {
    if (!['anchor', 'sparse'].includes(row.use) || !row.tpot_or_itl_ms) continue
    const model = catalogue.lookUpModel(row.model).found
    const accelerator = catalogue.lookUpAccelerator(row.gpu).found
    const split = model && splitParameters(model)
    if (!model || !accelerator || !split) continue
    const precision = precisions[row.precision] ?? model.precision
    const loadKey = [row.isl, row.osl, row.concurrency_or_rate]
    const key = [
      shapeOf(model),
      accelerator.name,
      row.engine,
      precision,
      row.gpu_count,
      row.attn_dp,
      row.ep,
      ...loadKey,
    ].join()
    const run = groups.get(key) ?? {
      options: {
        model,
        accelerator,
        split,
        precision,
        engine: row.engine,
        layout: { tensorParallel: Number(row.gpu_count), pipelineParallel: 1 },
        attentionGroups: Number(row.attn_dp) || 1,
        expertParallel: Number(row.ep) > 1,
      },
      load: {
        inputTokens: Number(row.isl),
        outputTokens: Number(row.osl),
        concurrency: Number(row.concurrency_or_rate),
      },
      shape: shapeOf(model),
      tpots: [],
      ttfts: [],
    }
    run.tpots.push(Number(row.tpot_or_itl_ms))
    run.ttfts.push(Number(row.ttft_ms))
    groups.set(key, run)
  }
  return [...groups.values()].map(({ tpots, ttfts, ...run }) => ({
    ...run,
    tpotMs: median(tpots),
    ttftMs: median(ttfts),
  }))
}

/** Name, prior, and whether it is a share in (0, 1); others are positive. Priors are round physical guesses. */
const tpotParameters = [
  ['weightBandwidth', 0.8, true],
  ['expertBandwidth', 0.7, true],
  ['kvBandwidth', 0.8, true],
  ['compute.bf16', 0.5, true],
  ['compute.fp8', 0.45, true],
  ['compute.fp4', 0.3, true],
  ['busEfficiency', 0.5, true],
  ['allReduceLatencyMs', 0.008],
  ['expertLayerMs', 0.03],
  ['expertImbalance', 0.2],
  ['interference', 0.7],
  ['engines.vllm.layerMs', 0.04],
  ['engines.sglang.layerMs', 0.045],
  ['engines.trtllm.layerMs', 0.03],
  ['engines.vllm.sequenceMs', 0.02],
  ['engines.sglang.sequenceMs', 0.02],
  ['engines.trtllm.sequenceMs', 0.02],
  ['engines.vllm.kvBytesFactor', 0.9],
  ['engines.sglang.kvBytesFactor', 0.9],
  ['engines.trtllm.kvBytesFactor', 0.7],
]
const ttftParameters = [
  ['engines.vllm.requestMsPerLayer', 1],
  ['engines.sglang.requestMsPerLayer', 2],
  ['engines.trtllm.requestMsPerLayer', 2],
  ['burst', 0.1],
  ['burstExponent', 0.8],
]
const encode = (value, share) => (share ? Math.log(value / (1 - value)) : Math.log(value))
const decode = (x, share) => (share ? 1 / (1 + Math.exp(-x)) : Math.exp(x))
const get = (object, path) => path.split('.').reduce((node, key) => node[key], object)
const withValues = (base, parameters, x) => {
  const copy = structuredClone(base)
  parameters.forEach(([path, , share], i) => {
    const keys = path.split('.')
    const last = keys.pop()
    keys.reduce((node, key) => node[key], copy)[last] = decode(x[i], share)
  })
  return copy
}

const predict = (run, coefficients) =>
  predictClosedLoop(createStepModel({ ...run.options, coefficients }), run.load, coefficients)
const residuals = (runs, coefficients, metric) =>
  runs.map((run) => Math.log(predict(run, coefficients)[metric] / run[metric]))

/** Solves A x = b by Gaussian elimination with pivoting. */
const solve = (matrix, right) => {
  const a = matrix.map((row, i) => [...row, right[i]])
  for (let i = 0; i < a.length; i++) {
    const pivot = a
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(a[best][i]) ? k + i : best), i)
    ;[a[i], a[pivot]] = [a[pivot], a[i]]
    for (let k = i + 1; k < a.length; k++) {
      const factor = a[k][i] / a[i][i]
      for (let j = i; j <= a.length; j++) a[k][j] -= factor * a[i][j]
    }
  }
  const x = []
  for (let i = a.length - 1; i >= 0; i--)
    x[i] =
      (a[i][a.length] -
        a[i].reduce((sum, value, j) => (j > i && j < a.length ? sum + value * x[j] : sum), 0)) /
      a[i][i]
  return x
}

const softScale = 0.15
const ridge = 0.2 / 25

/**
 * Levenberg-Marquardt on log ratios with a soft-L1 loss, each shape with equal weight, and a ridge towards the
 * priors, so that few architectures do not bend the overheads that unseen ones depend on.
 */
const fitParameters = (runs, base, parameters, metric) => {
  const prior = parameters.map(([, value, share]) => encode(value, share))
  const shapes = new Map()
  for (const { shape } of runs) shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
  const balance = runs.map(({ shape }) => runs.length / shapes.size / shapes.get(shape))
  const pull = ridge * runs.length
  const cost = (x, r) =>
    r.reduce(
      (sum, value, i) =>
        sum + balance[i] * softScale ** 2 * 2 * (Math.sqrt(1 + (value / softScale) ** 2) - 1),
      0,
    ) + x.reduce((sum, value, i) => sum + pull * (value - prior[i]) ** 2, 0)
  const at = (x) => residuals(runs, withValues(base, parameters, x), metric)
  let x = parameters.map(([path, , share]) => encode(get(base, path), share))
  let r = at(x)
  let damping = 1e-2
  for (let step = 0; step < 40; step++) {
    const columns = x.map((_, i) =>
      at(x.map((value, k) => (k === i ? value + 1e-4 : value))).map((value, k) => (value - r[k]) / 1e-4),
    )
    const weight = r.map((value, i) => balance[i] / Math.sqrt(1 + (value / softScale) ** 2))
    const gradient = x.map(
      (value, i) =>
        columns[i].reduce((sum, c, k) => sum + c * weight[k] * r[k], 0) + pull * (value - prior[i]),
    )
    const hessian = x.map((_, i) =>
      x.map(
        (__, j) =>
          columns[i].reduce((sum, c, k) => sum + c * weight[k] * columns[j][k], 0) + (i === j ? pull : 0),
      ),
    )
    const before = cost(x, r)
    let moved = false
    for (let trial = 0; trial < 8 && !moved; trial++) {
      const delta = solve(
        hessian.map((row, i) => row.map((v, j) => (i === j ? v * (1 + damping) : v))),
        gradient,
      )
      const next = x.map((value, i) => value - delta[i])
      const nextResiduals = at(next)
      if (cost(next, nextResiduals) < before) {
        moved = true
        damping /= 5
        const gain = before - cost(next, nextResiduals)
        x = next
        r = nextResiduals
        if (gain < 1e-6 * before) return withValues(base, parameters, x)
      } else damping *= 5
    }
    if (!moved) break
  }
  return withValues(base, parameters, x)
}

const fitBoth = (runs, base) =>
  fitParameters(runs, fitParameters(runs, base, tpotParameters, 'tpotMs'), ttftParameters, 'ttftMs')
const errorsOf = (r) => r.map((value) => Math.abs(Math.exp(value) - 1) * 100)

/** llama.cpp: bandwidth share = tokens/s x bytes of the weights / bandwidth, single stream, by format. */
const fitGguf = () => {
  const shares = { q4: [], f16: [] }
  const bits = { Q4_0: ['q4', 4.5], Q4_K_M: ['q4', 4.85], F16: ['f16', 16] }
  for (const row of measured.filter(
    ({ use, gpu_count, tpot_or_itl_ms }) => use === 'llamacpp' && gpu_count === '1' && tpot_or_itl_ms,
  )) {
    const bandwidth = catalogue.lookUpAccelerator(row.gpu).found?.bandwidthGBps
    const known = bits[row.precision]
    if (!bandwidth || !known || !row.params_b || Number(row.osl) > 1024) continue
    shares[known[0]].push(
      (Number(row.params_b) * known[1]) / 8 / bandwidth / (Number(row.tpot_or_itl_ms) / 1000),
    )
  }
  stderr.write(
    `llama.cpp: q4 ${median(shares.q4).toFixed(3)} (n=${shares.q4.length}), f16 ${median(shares.f16).toFixed(3)} (n=${shares.f16.length})\n`,
  )
  return { q4: median(shares.q4), f16: median(shares.f16) }
}

const start = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '..', 'src', 'planner', 'speed', 'fitted-coefficients.json'),
    'utf8',
  ),
)
const runs = readRuns()
const priors = [...tpotParameters, ...ttftParameters]
const base = withValues(
  start.coefficients,
  priors,
  priors.map(([, value, share]) => encode(value, share)),
)
const coefficients = { ...fitBoth(runs, base), ggufBandwidth: fitGguf() }
coefficients.engines.tgi = { ...coefficients.engines.vllm, kvBytesFactor: 1 }

const unseen = { tpotMs: [], ttftMs: [] }
for (const shape of new Set(runs.map((run) => run.shape))) {
  const rest = fitBoth(
    runs.filter((run) => run.shape !== shape),
    base,
  )
  const left = runs.filter((run) => run.shape === shape)
  for (const metric of ['tpotMs', 'ttftMs']) {
    const r = residuals(left, rest, metric)
    unseen[metric].push(...r)
    stderr.write(
      `without ${left[0].options.model.name} (${left.length}): ${metric} median ${median(errorsOf(r)).toFixed(1)} %\n`,
    )
  }
}

const round = (value) => Number(value.toPrecision(4))
const rounded = (node) =>
  typeof node === 'number'
    ? round(node)
    : Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rounded(value)]))
const band = (r) => ({ low: round(Math.exp(-quantile(r, 0.9))), high: round(Math.exp(-quantile(r, 0.1))) })
const errors = {}
for (const [metric, name] of [
  ['tpotMs', 'tpot'],
  ['ttftMs', 'ttft'],
]) {
  const all = errorsOf(residuals(runs, coefficients, metric))
  const apart = errorsOf(unseen[metric])
  errors[`${name}AllRowsMedianPct`] = round(median(all))
  errors[`${name}AllRowsP90Pct`] = round(quantile(all, 0.9))
  errors[`${name}UnseenArchitectureMedianPct`] = round(median(apart))
  errors[`${name}UnseenArchitectureP90Pct`] = round(quantile(apart, 0.9))
}
const result = {
  coefficients: rounded(coefficients),
  bands: { tpot: band(unseen.tpotMs), ttft: band(unseen.ttftMs) },
  errors,
  fittedTo: {
    sha256: createHash('sha256').update(text).digest('hex'),
    rows: runs.length,
    date: new Date().toISOString().slice(0, 10),
  },
  measuredAccelerators: [...new Set(runs.map((run) => run.options.accelerator.name))].sort(),
  measuredEngines: [...new Set(runs.map((run) => run.options.engine))].sort(),
}
stderr.write(`${JSON.stringify({ errors, bands: result.bands }, null, 2)}\n`)
if (argv.includes('--write'))
  writeFileSync(
    join(import.meta.dirname, '..', 'src', 'planner', 'speed', 'fitted-coefficients.json'),
    `${JSON.stringify(result, null, 2)}\n`,
  )
