// One call of one upstream, and the port that records it. Knows nothing of chat: embeddings and batches use it too.

import type { ArchitectError } from './errors.js'
import type { Usage, UsageSource } from './usage.js'

export type AttemptEnd = 'finished' | 'failed' | 'cancelled'

/** What is known when an attempt is over. */
export interface Attempt {
  readonly deployment: string
  readonly usage: Usage
  readonly usageSource: UsageSource
  readonly end: AttemptEnd
  readonly error?: ArchitectError
}

/** What is known before the upstream is called. */
export interface AttemptStart {
  readonly requestId: string
  /** 0 for the first attempt of a request. (requestId, attempt) is the key of the ledger's row. */
  readonly attempt: number
  readonly tenant: string
  readonly keyId: string
  readonly route: string
  readonly deployment: string
  /** Hash of the architecture the request runs under. */
  readonly architectureHash: string
  /** Upper bound of what the attempt may use; what is reserved from budgets and token limits. */
  readonly reservation: Usage
}

/** An attempt that has been journalled and not yet settled. */
export interface OpenAttempt {
  /**
   * Settles the attempt; durable when it resolves. The first call wins, later ones do nothing.
   * @param timing ms from the attempt's start: to the first content (null when there was none) and to the end
   */
  settle(
    attempt: Omit<Attempt, 'deployment'>,
    timing: { readonly firstContentMs: number | null; readonly totalMs: number },
  ): Promise<void>
}

export interface AttemptRecorder {
  /**
   * Appends the attempt to the journal; durable when it resolves, so the upstream is called only after it.
   * @throws `ledger.journal-full` when the journal cannot be written: new work is refused
   * @throws `ledger.budget-exceeded` when the reservation does not fit a budget
   */
  begin(start: AttemptStart): Promise<OpenAttempt>
}
