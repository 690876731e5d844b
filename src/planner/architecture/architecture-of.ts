// The chosen candidate as architecture.yaml, with the reason for each setting of the engine it starts.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import type { Architecture, Requirements } from '../../spec/index.js'
import type { TaskModel } from '../machine/task-model.js'
import { acceleratorsOf } from '../memory/memory.js'
import { roundedContext } from '../memory/rounded-context.js'
import type { Candidate } from '../search/report.js'
import { architectureAround } from './architecture-around.js'
import type { DeploymentDraft } from './deployment-draft.js'
import { type Launch, type LaunchCommand, launchCommand } from './launch-command.js'
import type { LaunchSetting } from './launch-setting.js'
import { packedStages } from './packed-stages.js'
import { separatePools } from './separate-pools.js'
import { idOf, requestsPerMinuteFor } from './system-parts.js'

interface Chosen {
  readonly candidate: Candidate
  readonly requirements: Requirements
  readonly taskModels: readonly TaskModel[]
  readonly catalogue: Catalogue
  /** Longest request, tokens. */
  readonly contextTokens: number
}

/** The settings of the command that starts one deployment's engine. */
export interface DeploymentLaunch {
  readonly deployment: string
  readonly settings: readonly LaunchSetting[]
}

export interface DesignedArchitecture {
  readonly architecture: Architecture
  readonly launches: readonly DeploymentLaunch[]
}

export const architectureOf = (chosen: Chosen): DesignedArchitecture => {
  const { candidate, requirements, taskModels } = chosen
  const asked = launchFacts(chosen)
  const isOurs = candidate.kind === 'self-hosted'
  const whole = isOurs ? selfHosted(chosen, launchCommand(asked)) : hosted(chosen)
  const apart = isOurs ? separatePools(asked, whole) : null
  const launch = isOurs ? (apart?.router ?? launchCommand(asked)) : null
  const { hardware: _, ...inFront }: DeploymentDraft = whole
  const deployment = apart ? { ...inFront, launch: { command: [...apart.router.command] } } : whole
  const realLoad = {
    server: { requireKeys: requirements.useCase.audience === 'external' },
    limits: {
      requestsPerMinute: requestsPerMinuteFor(requirements),
      monthlyBudgetUsd: requirements.budget.monthlyUsd ?? 0,
    },
  }
  const stages = [
    ...packedStages({ ...chosen, host: deployment.id, replicas: replicasOf(candidate) }),
    ...(apart?.pools.map((pool) => ({ ...pool, knowledge: {} })) ?? []),
  ]
  return {
    architecture: architectureAround(deployment, { requirements, taskModels, realLoad, stages }),
    launches: [
      ...stages.map((stage) => ({ deployment: stage.deployment.id, settings: stage.launch.settings })),
      ...(launch ? [{ deployment: deployment.id, settings: launch.settings }] : []),
    ],
  }
}

const layoutOf = ({ layout }: Candidate) => layout ?? { tensorParallel: 1, pipelineParallel: 1 }
const replicasOf = ({ replicas }: Candidate) =>
  replicas ? (replicas.serving + replicas.spare) * replicas.regions : 1
const nameOf = ({ model }: Candidate) => idOf(model).toLowerCase()

const launchFacts = ({ candidate, catalogue, contextTokens, requirements }: Chosen): Launch => ({
  candidate,
  layout: layoutOf(candidate),
  catalogue,
  contextTokens,
  servedName: nameOf(candidate),
  sharedPrefixTokens: requirements.scale.lengths.sharedPrefixTokens,
})

const selfHosted = (
  { candidate, catalogue, contextTokens }: Chosen,
  launch: LaunchCommand | null,
): DeploymentDraft => {
  const layout = layoutOf(candidate)
  const id = nameOf(candidate)
  const { packing } = candidate
  const modelReads = catalogue.lookUpModel(candidate.model).found?.maxContext ?? null
  return {
    id,
    ...serverOf(candidate),
    model: id,
    ...(launch ? { launch: { command: [...launch.command] } } : {}),
    hardware: {
      accelerator: candidate.accelerator ?? '',
      count: acceleratorsOf(layout),
      replicas: replicasOf(candidate),
      quantization: candidate.precision ?? 'bf16',
      tensorParallel: layout.tensorParallel,
      pipelineParallel: layout.pipelineParallel,
      ...(packing ? { memoryShare: packing.chatShare } : {}),
    },
    contextLength: roundedContext(contextTokens, modelReads),
    ...(candidate.provider && candidate.provider !== 'owned' ? { provider: candidate.provider } : {}),
    price: perTokenPrice(candidate),
  }
}

/** Triton serves TensorRT-LLM and takes a rendered prompt; the others speak OpenAI's dialect under their own name. */
const serverOf = ({ engine, model }: Candidate) =>
  engine === 'trtllm'
    ? {
        engine: 'triton',
        address: 'http://127.0.0.1:8000',
        options: { dialect: 'tensorrt-llm', template: promptTemplateOf(model) },
      }
    : { engine: engine ?? 'openai-compatible', address: 'http://127.0.0.1:8000/v1' }

/** Of the families in the catalogue these two have a template of their own; ChatML is what most others were taught. */
const promptTemplateOf = (model: string) =>
  /llama-?3/i.test(model) ? 'llama-3' : /gemma/i.test(model) ? 'gemma' : 'chatml'

/** Rented hours as a price of output tokens, so that the ledger shows what an answer costs; prompts count nothing. */
const perTokenPrice = ({ usdPerMillionOutputTokens }: Candidate) => ({
  input: 0,
  output: Number((usdPerMillionOutputTokens ?? 0).toPrecision(4)),
})

const hosted = ({ candidate, catalogue, contextTokens, requirements }: Chosen): DeploymentDraft => {
  const provider = catalogue.hostedProviders.find(({ id }) => id === candidate.provider)
  const priced = priceOf(catalogue, {
    provider: candidate.provider ?? '',
    model: candidate.model,
    inputTokens: requirements.scale.lengths.inputTokens.p50,
  })
  return {
    id: idOf(candidate.model).toLowerCase(),
    engine: 'hosted-api',
    model: candidate.model,
    ...(provider ? { address: provider.address, key: `\${env:${provider.keyVariable}}` } : {}),
    provider: candidate.provider ?? undefined,
    ...(priced ? { price: priced.price } : {}),
    contextLength: priced?.contextTokens ?? roundedContext(contextTokens, null),
  }
}
