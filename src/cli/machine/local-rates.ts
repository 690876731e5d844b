// The measured rates of this machine, kept in the state directory: measured once, and again when asked or when the
// processor is another one.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { LocalRates } from '../../planner/index.js'
import { productVersion } from '../version.js'
import { type MeasureLlamaOptions, measureLlama } from './measure-llama.js'

const rates = z.object({
  memoryGBps: z.number().positive(),
  matrixGflops: z.number().positive(),
  tokenOverheadMs: z.number().nonnegative(),
  promptOverheadMs: z.number().nonnegative(),
})
const machineFile = z.object({ processor: z.string(), product: z.string(), measuredAt: z.string(), rates })

const processor = () => `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`

export interface LocalRatesOptions extends MeasureLlamaOptions {
  readonly stateDirectory: string
  /** Measures although rates of this processor are there. */
  readonly isFresh?: boolean
  /** Called before a measurement begins. */
  readonly onMeasure?: () => void
  /** Default `measureLlama`. */
  readonly measure?: typeof measureLlama
}

/** The rates of this machine: those that are kept, or measured now. */
export const localRates = async (options: LocalRatesOptions): Promise<LocalRates> => {
  const path = join(options.stateDirectory, 'machine.json')
  const kept = options.isFresh ? undefined : await readKept(path)
  if (kept) return kept
  options.onMeasure?.()
  const { measure = measureLlama } = options
  const measured = await measure(options)
  const file = {
    processor: processor(),
    product: productVersion(),
    measuredAt: new Date().toISOString(),
    rates: measured,
  }
  await mkdir(options.stateDirectory, { recursive: true })
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`)
  return measured
}

/** Undefined where there is no file, or it is that of another machine or of another version. */
const readKept = async (path: string): Promise<LocalRates | undefined> => {
  try {
    const file = machineFile.parse(JSON.parse(await readFile(path, 'utf8')))
    return file.processor === processor() && file.product === productVersion() ? file.rates : undefined
  } catch {
    // A file that cannot be read is measured anew.
    return undefined
  }
}
