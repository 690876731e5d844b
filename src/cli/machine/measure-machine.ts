// The facts of this machine with what only a measurement tells. To be called while nothing else runs: what is measured
// beside other work makes every prediction too slow.

import type { MachineFacts } from '../../planner/index.js'
import { type LocalRatesOptions, localRates } from './local-rates.js'
import { readMachineFacts } from './machine-facts.js'
import { measureSpeedScore } from './speed-score.js'

export interface MeasureMachineOptions extends LocalRatesOptions {
  /** Whether a local model waits to be predicted. */
  readonly hasLocalModels: boolean
}

export const measureMachine = async (options: MeasureMachineOptions): Promise<MachineFacts> => {
  const facts = await readMachineFacts(options.environment)
  if (!options.hasLocalModels) return facts
  const rates = await localRates(options)
  // Again some seconds later: a neighbour that was busy then may not be now.
  return { ...facts, speedScore: Math.max(facts.speedScore, measureSpeedScore()), localRates: rates }
}
