// What candidates are weighed by against each other; of each number the smaller one is better.

export interface Objectives {
  readonly costPerMonthUsd: number
  /** Bad end of the tightest target's range: ms, or ms a token where the target is a speed. */
  readonly latencyMs: number
  /** MMLU-Pro points below 100, as far as they are known. */
  readonly qualityLost: number
  readonly risk: number
}

export const objectiveNames = ['costPerMonthUsd', 'latencyMs', 'qualityLost', 'risk'] as const
