// What the models of tasks will measure on this machine: one user, one short question at a time.

import { predictLocalSpeed } from '../speed/local-engine.js'
import type { MachineFacts, Prediction } from './machine.js'
import { machineCoefficients } from './machine-coefficients.js'
import { localRows } from './row-ids.js'
import type { TaskModel } from './task-model.js'

/**
 * Two rows for each model: its first token, the way through the gateway included, and its speed after that.
 * @param questionTokens mean length of a question with the marks of its turn, without what is remembered of them
 * @returns nothing where the machine's rates are not known
 */
export const predictTasks = (
  models: readonly TaskModel[],
  { localRates, speedScore }: Pick<MachineFacts, 'localRates' | 'speedScore'>,
  questionTokens: number,
): readonly Prediction[] => {
  if (!localRates) return []
  const gatewayMs = machineCoefficients.aloneMs / speedScore
  return models.flatMap((model) => {
    const { firstTokenMs, tokensPerSecond } = predictLocalSpeed(localRates, model, questionTokens)
    const rows = localRows(model.task)
    return [
      within(rows.firstToken, 'ms', gatewayMs + firstTokenMs),
      within(rows.tokensPerSecond, 'tokens/s', tokensPerSecond),
    ]
  })
}

/** Rates measured alone are met within a factor of two beside other work; source: repeated runs on two cores. */
const within = (id: string, unit: string, value: number): Prediction => ({
  id,
  unit,
  value,
  low: value / 2,
  high: value * 2,
})
