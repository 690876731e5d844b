// What a verification needs to be told. Knows not how it is done.

import type { Clock } from '../core/index.js'
import type { Architecture, Requirements } from '../spec/index.js'
import type { LoadProfile } from './load/load-profile.js'
import type { VerificationPorts } from './ports.js'
import type { Scorecard } from './scorecard.js'

export const verificationAreas = ['speed', 'retrieval', 'answers', 'tasks', 'safety', 'ledger'] as const
export type VerificationArea = (typeof verificationAreas)[number]

export interface VerificationProgress {
  readonly area: VerificationArea
  /** What is being done: a load, a suite or a drill, by name. */
  readonly step: string
  readonly done: number
  readonly total: number
}

export interface VerificationOptions {
  /** The system under test, without a path. */
  readonly baseUrl: string
  readonly apiKey?: string
  /** For the ledger's rows of the load; without it the cost is measured on the proving instance alone. */
  readonly adminToken?: string
  readonly requirements: Requirements
  readonly requirementsHash: string
  readonly architecture: Architecture
  readonly architectureHash: string
  /** Written before the verification starts. Without it no row has a prediction. */
  readonly predictionsFile?: string
  /** Folder of requirements.yaml: suites, questions and documents are named relative to it. */
  readonly suitesDirectory: string
  /** Folder of the public data sets; a check whose data is not there is not measured. */
  readonly benchmarksDirectory: string
  /** State directory: single observations go to `evidence/` in it, corpora and invoices to `proving/`. */
  readonly stateDirectory: string
  readonly loadProfile: LoadProfile
  /** What the engine says, word for word, when the documents do not hold the answer. */
  readonly refusalPhrases: readonly string[]
  readonly ports: VerificationPorts
  /** Default: all. */
  readonly areas?: readonly VerificationArea[]
  readonly environment: Scorecard['environment']
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress?: (progress: VerificationProgress) => void
}
