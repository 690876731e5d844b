// How long a new replica takes from the decision to its first answer. Knows no traffic.

import type { EngineName } from '../../catalog/index.js'

/**
 * A replica is decided on when the autoscaler looks (every minute, assumed), gets a machine (3 minutes, assumed),
 * fetches image and weights, reads the weights into the accelerator, and prepares its graphs.
 * Rates and engine times: Llama 3.1 8B (16 GB) with vLLM on an L40S took 61 s to download, 33 s to load, 52 s to
 * compile, 54 s to capture graphs and 94 s for imports and initialisation
 * (https://tensorfuse.io/docs/blogs/reducing_gpu_cold_start, 2025-09-01). Images: 8 GB (assumed) at 0.1 GB/s, between
 * the 0.037 GB/s of pull and unpack in https://bentoml.com/blog/cold-starting-llms-on-kubernetes-in-under-30-seconds
 * (20.2 GB in 8 to 10 minutes, 2025-04-11) and those 0.26 GB/s.
 */
const decideMinutes = 1
const machineMinutes = 3
const imageGB = { python: 8, native: 1 }
const imageGBPerSecond = 0.1
const downloadGBPerSecond = 16 / 61
const loadGBPerSecond = 16 / 33
const prepareSeconds = { python: 52 + 54 + 94, native: 10 }
const gbPerGiB = 1024 ** 3 / 1e9

/**
 * Minutes from the decision to the first answer.
 * @param weightsGiB of the whole replica; each accelerator reads its own part at the same time
 */
export const startUpMinutes = ({
  engine,
  weightsGiB,
  accelerators,
}: {
  readonly engine: EngineName
  readonly weightsGiB: number
  readonly accelerators: number
}): number => {
  const kind = engine === 'llama.cpp' ? 'native' : 'python'
  const weightsGB = weightsGiB * gbPerGiB
  const seconds =
    imageGB[kind] / imageGBPerSecond +
    weightsGB / downloadGBPerSecond +
    weightsGB / accelerators / loadGBPerSecond +
    prepareSeconds[kind]
  return decideMinutes + machineMinutes + seconds / 60
}
