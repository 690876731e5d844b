// The coefficients that are fitted, with what is believed of them before any run is seen. Priors are round physical
// guesses; `share` = in (0, 1), others are positive.

const engines = ['vllm', 'sglang', 'trtllm']
const each = (name, values) => engines.map((engine, i) => [`engines.${engine}.${name}`, values[i]])

export const tpotParameters = [
  ['weightBandwidth', 0.8, true],
  ['expertBandwidth', 0.75, true],
  ['expertBandwidth4', 0.6, true],
  ['widenedGBps', 3500],
  ['kvBandwidth', 0.8, true],
  ['latentBandwidth', 0.6, true],
  ['compute.bf16', 0.55, true],
  ['compute.fp8', 0.5, true],
  ['compute.fp4', 0.4, true],
  ['expertCompute', 0.6, true],
  ['busEfficiency', 0.5, true],
  ['allReduceLatencyMs', 0.008],
  ['exchangeLatencyMs', 0.02],
  ['exchangeEfficiency', 0.5, true],
  ['expertLayerMs', 0.03],
  ['linearLayerMs', 0.02],
  ['latentLayerMs', 0.02],
  ['expertImbalance', 0.2],
  ['chanceImbalance', 0.5, true],
  ['groupImbalance', 0.1],
  ['expertCut4', 0.1],
  ...each('interference', [0.8, 0.8, 0.8]),
  ...each('layerMs', [0.04, 0.04, 0.03]),
  ...each('sequenceMs', [0.02, 0.02, 0.02]),
  ...each('kvBytesFactor', [0.9, 0.9, 0.6]),
  ...each('stepMs', [1, 1, 1]),
]

/** Both times say something of them; the time to first token more. */
export const promptParameters = [
  ['prompt.bf16', 0.6, true],
  ['prompt.fp8', 0.6, true],
  ['prompt.fp4', 0.5, true],
  ['prompt.experts', 0.5, true],
  ['prompt.scores', 0.6, true],
  ['prompt.bus', 0.7, true],
]

export const ttftParameters = [
  ...promptParameters,
  ...each('requestMs', [15, 15, 15]),
  ...each('requestMsPerLayer', [0.5, 0.5, 0.5]),
  ...each('joinedStepFactor', [1, 1, 1]),
  ...each('waitFactor', [1, 1, 1]),
  ...each('burstShare', [0.15, 0.15, 0.15]),
  ...each('concurrencyMs', [0.3, 0.3, 0.3]),
  ...each('promptTokenMs', [0.005, 0.005, 0.005]),
]

/** Beside the simulator's queue; see simulated-ttft.ts. */
export const simulatedParameters = engines.flatMap((engine) => [
  [`${engine}.requestMs`, 15],
  [`${engine}.requestMsPerLayer`, 0.5],
  [`${engine}.concurrencyMs`, 0.3],
  [`${engine}.promptTokenMs`, 0.005],
  [`${engine}.startShare`, 0.1],
  [`${engine}.laterShare`, 0.9],
])

export const encode = (value, share) => (share ? Math.log(value / (1 - value)) : Math.log(value))
const decode = (x, share) => (share ? 1 / (1 + Math.exp(-x)) : Math.exp(x))

/** A copy of `base` with the parameters at `x`. */
export const withValues = (base, parameters, x) => {
  const copy = structuredClone(base)
  parameters.forEach(([path, , share], i) => {
    const keys = path.split('.')
    const last = keys.pop()
    keys.reduce((node, key) => node[key], copy)[last] = decode(x[i], share)
  })
  return copy
}
