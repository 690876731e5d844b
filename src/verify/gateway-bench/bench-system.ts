// Something that answers: the gateway, what it is compared with, and the upstream itself.

import type { BenchTarget } from './raw-request.js'

export interface BenchSystem {
  readonly name: string
  readonly target: BenchTarget
  /** CPU time of its process so far in ms; undefined where nobody can tell. */
  readonly cpuMs: () => Promise<number | undefined>
}
