// What verify needs of whoever starts it: processes, and a second instance of the system under test.
// Knows no process table and no command line.

import type { ArchitecturePatch } from './drills/patch-architecture.js'
import type { ProviderOptions } from './drills/provider-options.js'

/** A child process that answers requests; `superviseChild` returns one. */
export interface WorkerProcess {
  request<T>(
    method: string,
    params: unknown,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (value: unknown) => void },
  ): Promise<T>
  close(): Promise<void>
}

/** A second instance of the system, on a state directory of its own, that a drill may ruin. */
export interface ProvingInstance {
  readonly url: string
  readonly adminToken: string
  /** Of the process that owns the state directory. */
  readonly pid: number
  /** Its state, removed when the drills are over. */
  readonly directory: string
  /** Resolves when it answers and every knowledge base of the patch has been ingested. */
  waitReady(signal: AbortSignal): Promise<void>
  /** Resolves when the process is gone. */
  kill(signal: 'SIGKILL'): Promise<void>
  /** Ends it in good order; does nothing when it is gone already. */
  stop(): Promise<void>
}

export interface ProvingOrder {
  readonly patch: ArchitecturePatch
  /** State directory of an instance that was killed, to start again on; by default a new one. */
  readonly directory?: string
}

export interface VerificationPorts {
  /** Starts `processes/load.js`. */
  startLoad(): Promise<WorkerProcess>
  /** Starts `processes/provider-mock.js` with these options as its argument. */
  startProvider(options: ProviderOptions): Promise<WorkerProcess>
  /** Starts the architecture under test, changed by `patchArchitecture`, on a free port of loopback. */
  startProvingInstance(order: ProvingOrder): Promise<ProvingInstance>
}
