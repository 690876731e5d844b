// Gauges of how deployments are used: which keys are left alone, who runs and who waits for a turn.

import { Gauge, type Registry } from 'prom-client'
import { metricNames as names } from './metric-names.js'

export interface DeploymentGauges {
  readonly deployment: string
  /** By the place of the key, never the key. */
  readonly keys: readonly { readonly key: string; readonly state: 'closed' | 'open' | 'half-open' }[]
  /** Null where calls are not limited. */
  readonly seats: { readonly running: number; readonly waiting: number } | null
}

/** 1 while calls are held back, 0.5 while one of them probes. */
const openness = { closed: 0, 'half-open': 0.5, open: 1 } as const

export const observeDeployments = (registry: Registry, read: () => readonly DeploymentGauges[]): void => {
  new Gauge({
    name: names.breakerOpen,
    help: '1 while a key of a deployment is left alone, 0.5 while a call probes it, else 0.',
    labelNames: ['deployment', 'key'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { deployment, keys } of read())
        for (const { key, state } of keys) this.set({ deployment, key }, openness[state])
    },
  })
  const ofSeats = (name: string, help: string, of: 'running' | 'waiting') =>
    new Gauge({
      name,
      help,
      labelNames: ['deployment'],
      registers: [registry],
      collect() {
        this.reset()
        for (const { deployment, seats } of read()) if (seats) this.set({ deployment }, seats[of])
      },
    })
  ofSeats(names.deploymentRunning, 'Calls of a limited deployment that are under way.', 'running')
  ofSeats(names.deploymentWaiting, 'Calls that wait for their turn at a limited deployment.', 'waiting')
}
