// The rates of this machine's processor for engines that run on it: with an installed engine's own kernels where there
// is one, else with those of llama.cpp. Kept beside the other rates in machine.json.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { CpuRates, LocalRates } from '../../planner/index.js'
import { type Environment, venvProgram } from '../optional-engines/install-site.js'
import { enginesHomeIn, findOptionalEngine, readStamp } from '../optional-engines/installed-engine.js'
import { runQuietly } from '../optional-engines/run-quietly.js'
import { packageFile } from '../package-file.js'

const printed = z.object({
  threads: z.int().positive(),
  bandwidthGBps: z.number().positive(),
  matrixGflops: z.number().positive(),
  by: z.string(),
})

export interface CpuRatesOptions {
  readonly stateDirectory: string
  readonly environment: Environment
  readonly localRates: LocalRates
  readonly signal?: AbortSignal
}

/** Of one thread, which is what engines are started with here. Takes a few seconds; writes machine.json, which must exist. */
export const cpuRates = async (options: CpuRatesOptions): Promise<CpuRates> => {
  const measuredAt = new Date().toISOString()
  const { memoryGBps, matrixGflops } = options.localRates
  const ofLlama = { threads: 1, bandwidthGBps: memoryGBps, matrixGflops, by: 'llama.cpp' }
  const rates = { ...((await measureTorch(options)) ?? ofLlama), measuredAt }
  await keep(join(options.stateDirectory, 'machine.json'), rates)
  return rates
}

/** Undefined where no such engine is installed, or its Python does not print what it should. */
const measureTorch = async ({ stateDirectory, environment, signal }: CpuRatesOptions) => {
  const home = enginesHomeIn(stateDirectory, environment)
  if (!readStamp(home, findOptionalEngine('vllm'))) return undefined
  const { status, output } = await runQuietly(
    [venvProgram(join(home, 'vllm'), 'python'), packageFile('python/measure/cpu_rates.py'), '1'],
    { environment: { ...environment, OMP_NUM_THREADS: '1' }, signal },
  )
  if (status !== 0) return undefined
  return printed.safeParse(parse(output)).data
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The schema refuses it.
    return undefined
  }
}

const keep = async (path: string, cpu: CpuRates): Promise<void> => {
  const file = JSON.parse(await readFile(path, 'utf8')) as object
  await writeFile(`${path}.new`, `${JSON.stringify({ ...file, cpu }, null, 2)}\n`)
  await rename(`${path}.new`, path)
}
