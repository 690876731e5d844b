// The first reading of requirements: what matters, what they imply, what contradicts, what is missing, what can fail.

import type { Catalogue } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import type { TaskModel } from '../machine/task-model.js'
import { requirementsHash } from '../requirements-hash.js'
import { qualityFloor } from '../search/quality.js'
import type { Assessment } from './assessment.js'
import { findConflicts } from './conflicts.js'
import { findGaps } from './gaps.js'
import { prioritise } from './priorities.js'
import { registerRisks } from './risks.js'
import { deriveWorkload } from './workload.js'

/**
 * Assesses requirements. Pure arithmetic on the file and the catalogue; nothing is measured.
 * @param taskModels models that were trained for its tasks, with what they were measured at
 * @returns priorities, most important first; the derived workload; conflicts with their numbers; open questions
 * with what is assumed; the risk register, worst first
 */
export const assess = (
  requirements: Requirements,
  catalogue: Catalogue,
  taskModels: readonly TaskModel[] = [],
): Assessment => {
  const workload = deriveWorkload(requirements)
  return {
    requirementsHash: requirementsHash(requirements),
    priorities: prioritise(requirements, workload),
    workload,
    conflicts: findConflicts(requirements, workload, catalogue),
    gaps: findGaps(requirements, qualityFloor(requirements, catalogue), taskModels),
    risks: registerRisks(requirements, workload),
  }
}
