// What a project's design is made with, and what it gives. Types only.

import type { Language, Log } from '../core/index.js'
import type {
  Assessment,
  DeploymentLaunch,
  DesignReport,
  MachineDesign,
  MachineFacts,
} from '../planner/index.js'
import type { Architecture } from '../spec/index.js'
import type { WrittenFile } from './write-generated.js'

export interface ProjectDesign {
  readonly assessment: Assessment
  readonly report: DesignReport
  /** For the real load; null when nothing meets the requirements. */
  readonly architecture: Architecture | null
  /** Of each engine that the architecture starts, every setting with its reason. */
  readonly launches: readonly DeploymentLaunch[]
  readonly local: MachineDesign
  readonly machine: MachineFacts
  readonly written: readonly WrittenFile[]
}

export interface DesignOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly write: boolean
  readonly log: Log
  /** Of the texts in the files. */
  readonly language: Language
  /** Where all files are written; default: architectures and record beside requirements.yaml, the rest in its state directory. */
  readonly directory?: string
  /** An engine of the hints, `NAME` or `NAME:MODEL`, to use here in place of the built-in one. */
  readonly engine?: string | undefined
  /** Load that will be offered here, requests/s; default the peak of the requirements. */
  readonly requestsPerSecond?: number | undefined
  /** Whether an engine that is installed here is asked for its flags, which takes seconds the first time. */
  readonly askEngines?: boolean
  /** Called before this machine is measured. */
  readonly onMeasure?: () => void
  /** What was measured already. */
  readonly machine?: MachineFacts
}
