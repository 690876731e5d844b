// A promise of the load generator, and whether it was kept.

export type GateName = 'achieved-rate' | 'schedule-lag' | 'event-loop-delay'

export interface Gate {
  readonly gate: GateName
  readonly value: number
  readonly limit: number
  readonly unit: 'share' | 'ms'
  readonly passed: boolean
}
