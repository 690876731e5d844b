// What an engine must know of the deployment it calls. architecture.yaml's deployment has this shape; it is stated
// here because an engine knows no file.

import type { Quirks } from './quirks.js'

export interface EngineDeployment {
  readonly id: string
  /** The model's name as the server knows it. */
  readonly model: string
  /** Base URL, to which the path of an API is added: `http://127.0.0.1:8000/v1`. A query is kept. */
  readonly address?: string | undefined
  readonly quirks: Quirks
  readonly timeouts: {
    /** Until a connection is ours, waiting for a free one included. */
    readonly connectMs: number
    /** From then until the first content; until the whole answer when not streaming. */
    readonly firstContentMs: number
    /** Between two pieces after that; does not run while the reader is behind. */
    readonly idleMs: number
  }
}
