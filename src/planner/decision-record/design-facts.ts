// What a decision record is written from. Types only.

import type { Catalogue } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { DeploymentLaunch } from '../architecture/architecture-of.js'
import type { Assessment } from '../assessment/assessment.js'
import type { DesignReport } from '../search/report.js'

export interface DesignFacts {
  readonly requirements: Requirements
  readonly assessment: Assessment
  readonly report: DesignReport
  /** The settings of the engines that the architecture starts. */
  readonly launches: readonly DeploymentLaunch[]
  readonly catalogue: Catalogue
}

/** One line of arithmetic: a figure and how it comes about. */
export interface Sum {
  /** By which `design explain` finds it: `weights`, `replicas`. */
  readonly figure: string
  readonly message: Message
}

export interface SumGroup {
  readonly group: 'workload' | 'memory' | 'time' | 'replicas' | 'cost'
  readonly sums: readonly Sum[]
}
