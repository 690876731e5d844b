// The facts of this machine with what only a measurement tells. To be called while nothing else runs: what is measured
// beside other work makes every prediction too slow.

import type { MachineFacts } from '../../planner/index.js'
import { type LocalRatesOptions, localRates } from './local-rates.js'
import { readMachineFacts } from './machine-facts.js'

export interface MeasureMachineOptions extends LocalRatesOptions {
  /** Whether a local model waits to be predicted. */
  readonly hasLocalModels: boolean
}

export const measureMachine = async (options: MeasureMachineOptions): Promise<MachineFacts> => {
  const facts = await readMachineFacts(options.environment)
  return options.hasLocalModels ? { ...facts, localRates: await localRates(options) } : facts
}
