// The same system at the size of this machine: the built-in engine in place of the designed one, labelled as such.

import type { Catalogue } from '../../catalog/index.js'
import type { Architecture, Requirements } from '../../spec/index.js'
import { answeringAlone, architectureAround } from '../architecture/architecture-around.js'
import type { DeploymentDraft } from '../architecture/deployment-draft.js'
import { deriveWorkload } from '../assessment/workload.js'
import { findEngineHints, useFoundEngine } from './found-engines.js'
import type { MachineDesign, MachineFacts } from './machine.js'
import { machineCoefficients } from './machine-coefficients.js'
import { machineMessage } from './machine-messages.js'
import { predictMachine } from './predict-machine.js'
import { predictTasks } from './predict-tasks.js'
import type { TaskModel } from './task-model.js'

export interface MachineDesignOptions {
  readonly requirements: Requirements
  readonly machine: MachineFacts
  readonly catalogue: Catalogue
  /** What was designed for the real load; null when nothing meets the requirements. */
  readonly production: Architecture | null
  /** An engine of the hints, `NAME` or `NAME:MODEL`, that the user asked for; default the built-in one. */
  readonly engine?: string
  /** The load that will be offered here, requests/s; default the peak of the requirements. */
  readonly requestsPerSecond?: number
  /** Mean answer of the built-in engine here, tokens; default that of other runs. */
  readonly outputTokens?: number
  /** Models that were trained for the tasks of the requirements. */
  readonly taskModels?: readonly TaskModel[]
  /** Mean length of a question of a task, tokens that have to be read; default 14. */
  readonly questionTokens?: number
}

/** The mean of BANKING77's test questions in a vocabulary of 3,072; the opening of the turn is remembered. */
const defaultQuestionTokens = 14

/**
 * Designs for this machine, and predicts what will be measured on it. An engine that was found is never used unless
 * it is named: a local one may be busy, and a key spends money.
 */
export const designForMachine = (options: MachineDesignOptions): MachineDesign => {
  const { requirements, machine, catalogue, production, engine, taskModels = [] } = options
  const hints = findEngineHints(machine, catalogue)
  const deployment =
    engine === undefined
      ? builtInDeployment(requirements, production)
      : useFoundEngine(engine, { machine, catalogue })
  if (deployment)
    return {
      architecture: architectureAround(answeringAlone(deployment), { requirements, taskModels }),
      predictions: [
        ...(deployment.engine === 'extractive' ? predictionsHere(options) : []),
        ...predictTasks(taskModels, machine, options.questionTokens ?? defaultQuestionTokens),
      ],
      hints,
      reasons: [],
    }
  const { kind } = requirements.useCase
  const reason =
    engine === undefined
      ? machineMessage('planner.no-built-in-engine', { kind })
      : machineMessage('planner.engine-not-found', { name: engine, known: hints.map(({ name }) => name) })
  return { architecture: null, predictions: [], hints, reasons: [reason] }
}

const predictionsHere = ({
  requirements,
  machine,
  requestsPerSecond,
  outputTokens,
}: MachineDesignOptions) => {
  const workload = deriveWorkload(requirements)
  return predictMachine(requirements, machine, {
    requestsPerSecond: requestsPerSecond ?? workload.requestsPerSecond.peak,
    outputTokens: outputTokens ?? machineCoefficients.answerTokens,
  })
}

/** Answers made of retrieved passages need documents; for other uses nothing built in will do. */
const builtInDeployment = (
  { useCase }: Requirements,
  production: Architecture | null,
): DeploymentDraft | null => {
  if (!useCase.knowledge) return null
  const standsFor = production && describe(production)
  return {
    id: 'extractive',
    engine: 'extractive',
    model: 'extractive',
    ...(standsFor ? { standsFor } : {}),
  }
}

/** `Qwen3-32B (fp8) on 2 x (1 x h100_sxm)`, or `gpt-4.1 at openai`. */
const describe = ({ deployments }: Architecture): string => {
  const first = deployments.find(({ task }) => task === undefined)
  if (!first) return 'the designed model'
  const { hardware, model, provider } = first
  if (!hardware) return `${model}${provider ? ` at ${provider}` : ''}`
  const { quantization, replicas, count, accelerator } = hardware
  return `${model} (${quantization}) on ${replicas} x (${count} x ${accelerator})`
}
