// The chosen candidate as architecture.yaml, with the reason for each setting of the engine it starts.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import type { Architecture, Requirements } from '../../spec/index.js'
import type { TaskModel } from '../machine/task-model.js'
import { acceleratorsOf } from '../memory/memory.js'
import { roundedContext } from '../memory/rounded-context.js'
import type { Candidate } from '../search/report.js'
import { answeringAlone, architectureAround } from './architecture-around.js'
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
  const parts = withOwnPorts(partsOf(candidate).map((part) => deploymentOf({ ...chosen, candidate: part })))
  const deployments = withOwnNames(parts.map(({ deployment }) => deployment))
  const stages = parts.flatMap((part) => part.stages)
  const realLoad = {
    server: { requireKeys: requirements.useCase.audience === 'external' },
    limits: {
      requestsPerMinute: requestsPerMinuteFor(requirements),
      monthlyBudgetUsd: requirements.budget.monthlyUsd ?? 0,
    },
  }
  return {
    architecture: architectureAround(answeringBy(candidate, deployments), {
      requirements,
      taskModels,
      realLoad,
      stages,
    }),
    launches: [
      ...stages.map((stage) => ({ deployment: stage.deployment.id, settings: stage.launch.settings })),
      ...parts.flatMap(({ launch }, i) =>
        launch ? [{ deployment: deployments[i]?.id ?? '', settings: launch.settings }] : [],
      ),
    ],
  }
}

/** The ways to serve in the order in which they are asked; the price of each is its own. */
const partsOf = (candidate: Candidate): readonly Candidate[] => {
  const { routing, usdPerMillionOutputTokens, costPerMonthUsd } = candidate
  if (!routing) return [candidate]
  const tokensInMillions = (costPerMonthUsd ?? 0) / (usdPerMillionOutputTokens || 1)
  if (routing.kind === 'overflow') {
    const usd = routing.ownUsdPerMonth / (tokensInMillions * (1 - routing.apiShare))
    return [{ ...candidate, usdPerMillionOutputTokens: usd }, routing.api]
  }
  const { first, firstUsdPerMonth, escalatedShare } = routing
  const mainUsd = (costPerMonthUsd ?? 0) - firstUsdPerMonth
  const usd = escalatedShare === 0 ? 0 : mainUsd / (tokensInMillions * escalatedShare)
  return [first, { ...candidate, usdPerMillionOutputTokens: usd }]
}

type Stage = NonNullable<Parameters<typeof architectureAround>[1]['stages']>[number] & {
  readonly launch: LaunchCommand
}

interface Part {
  readonly deployment: DeploymentDraft
  readonly launch: LaunchCommand | null
  /** Engines of their own that belong to it: what shares its accelerators, or its separate pools. */
  readonly stages: readonly Stage[]
}

const deploymentOf = (chosen: Chosen): Part => {
  const { candidate } = chosen
  if (candidate.kind !== 'self-hosted') return { deployment: hosted(chosen), launch: null, stages: [] }
  const asked = launchFacts(chosen)
  const command = launchCommand(asked)
  const whole = selfHosted(chosen, command)
  const apart = separatePools(asked, whole)
  const { hardware: _, ...inFront }: DeploymentDraft = whole
  const deployment = apart ? { ...inFront, launch: { command: [...apart.router.command] } } : whole
  return {
    deployment,
    launch: apart?.router ?? command,
    stages: [
      ...packedStages({ ...chosen, host: deployment.id, replicas: replicasOf(candidate) }),
      ...(apart?.pools.map((pool) => ({ ...pool, knowledge: {} })) ?? []),
    ],
  }
}

const firstPort = 8000

/** Two engines on one machine need two ports. */
const withOwnPorts = (parts: readonly Part[]): readonly Part[] =>
  parts.map((part, i) => {
    const { deployment, launch } = part
    const before = parts.slice(0, i).filter((other) => other.launch !== null).length
    if (!launch || before === 0) return part
    const port = String(firstPort + before)
    const moved = (text: string) => text.replace(String(firstPort), port)
    const command = launch.command.map((word) => (word === String(firstPort) ? port : word))
    return {
      ...part,
      deployment: {
        ...deployment,
        ...(deployment.address ? { address: moved(deployment.address) } : {}),
        launch: { command },
      },
      launch: {
        ...launch,
        command,
        settings: launch.settings.map((setting) =>
          setting.flag === '--port' && setting.value !== null ? { ...setting, value: port } : setting,
        ),
      },
    }
  })

/** Of two that serve the same model, the second is named after its provider as well. */
const withOwnNames = (deployments: readonly DeploymentDraft[]): readonly DeploymentDraft[] =>
  deployments.map((deployment, i) => {
    const taken = deployments.slice(0, i).some(({ id }) => id === deployment.id)
    return taken ? { ...deployment, id: `${deployment.id}-${deployment.provider ?? i + 1}` } : deployment
  })

/** Overflow: what finds no seat at the replicas goes on at once. A cascade: what the first is not sure of. */
const answeringBy = (
  { routing }: Candidate,
  deployments: readonly DeploymentDraft[],
): Parameters<typeof architectureAround>[0] => {
  const [first, second] = deployments
  if (!first) throw new RangeError('A design has at least one deployment.')
  if (!routing || !second) return answeringAlone(first)
  const strategies = [{ deployment: first.id }, { deployment: second.id }]
  return routing.kind === 'overflow'
    ? {
        deployments: [{ ...first, limits: { concurrency: routing.concurrency, queue: 0 } }, second],
        strategy: { fallback: strategies },
      }
    : {
        deployments,
        strategy: { cascade: { strategies, escalateBelow: routing.escalateBelow } },
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
