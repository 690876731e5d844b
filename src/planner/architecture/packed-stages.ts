// The small models that a design packs on the chat model's accelerators, as deployments: each an engine of its own with
// its share of the memory. A guard model is not among them: the requirements give its size, not its name.

import { type Catalogue, engineOf } from '../../catalog/index.js'
import type { KnowledgeBase, Requirements } from '../../spec/index.js'
import { encoders, rerankerCheckpoint } from '../cost/encoder.js'
import { embeddingsOf } from '../cost/ingest-plan.js'
import type { Candidate } from '../search/report.js'
import type { StageId } from '../search/stages.js'
import type { DeploymentDraft } from './deployment-draft.js'
import { type LaunchCommand, placed } from './launch-command.js'
import { launchMessage } from './launch-messages.js'
import { flagSetting } from './launch-setting.js'
import { idOf } from './system-parts.js'

export interface PackedStage {
  readonly deployment: DeploymentDraft
  readonly launch: LaunchCommand
  /** The part of the knowledge base that asks it. */
  readonly knowledge: Pick<KnowledgeBase, 'embeddings' | 'rerank'>
}

interface Facts {
  readonly candidate: Candidate
  readonly requirements: Requirements
  readonly catalogue: Catalogue
  /** Id of the deployment whose accelerators they share, and how many replicas it has. */
  readonly host: string
  readonly replicas: number
}

/** Tokens of the longest text: a passage of 256 beside a question; multilingual-e5-small reads no more. */
const longestText = 512
/** Tokens of a step, which a GiB of activations has room for. */
const stepTokens = 8192
/** The chat model answers on 8000. */
const firstPort = 8001

export const packedStages = (facts: Facts): readonly PackedStage[] => {
  const { candidate, requirements, catalogue } = facts
  const { packing } = candidate
  const engine = engineOf(catalogue, 'vllm')
  if (!packing || !engine || !requirements.useCase.knowledge) return []
  return packing.stages.flatMap((stage) => {
    const checkpoint = checkpointOf(stage, requirements)
    const share = packing.shares[stage]
    if (checkpoint === null || share === undefined) return []
    const port = firstPort + (stage === 'rerank' ? 1 : 0)
    const id = idOf(checkpoint).toLowerCase()
    const launch = placed(engine, {
      start: ['vllm', 'serve'],
      settings: settingsOf({ checkpoint, id, port, share, totalGiB: candidate.memory?.totalGiB ?? 0 }),
    })
    return [
      {
        deployment: deploymentOf(facts, { stage, id, port, share, launch }),
        launch,
        ...asked(stage, id, requirements),
      },
    ]
  })
}

const checkpointOf = (stage: StageId, requirements: Requirements): string | null => {
  if (stage === 'rerank') return rerankerCheckpoint
  const size = stage === 'query-embedding' ? embeddingsOf(requirements) : null
  return size && encoders[size].checkpoint
}

const settingsOf = ({
  checkpoint,
  id,
  port,
  share,
  totalGiB,
}: {
  readonly checkpoint: string
  readonly id: string
  readonly port: number
  readonly share: number
  readonly totalGiB: number
}) => [
  {
    flag: null,
    value: checkpoint,
    words: [checkpoint],
    reason: launchMessage('planner.launch-stage-model', {}),
  },
  flagSetting('--served-model-name', id, launchMessage('planner.launch-name', {})),
  flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
  flagSetting('--port', port, launchMessage('planner.launch-port', {})),
  flagSetting('--runner', 'pooling', launchMessage('planner.launch-pooling', {})),
  flagSetting(
    '--gpu-memory-utilization',
    share,
    launchMessage('planner.launch-stage-share', { share, totalGiB }),
  ),
  flagSetting('--max-model-len', longestText, launchMessage('planner.launch-stage-length', {})),
  flagSetting(
    '--max-num-batched-tokens',
    stepTokens,
    launchMessage('planner.launch-batched-tokens', { tokens: stepTokens }),
  ),
]

const deploymentOf = (
  { candidate, host, replicas }: Facts,
  {
    stage,
    id,
    port,
    share,
    launch,
  }: {
    readonly stage: StageId
    readonly id: string
    readonly port: number
    readonly share: number
    readonly launch: LaunchCommand
  },
): DeploymentDraft => ({
  id,
  kind: stage === 'rerank' ? 'rerank' : 'embedding',
  engine: 'vllm',
  model: id,
  address: `http://127.0.0.1:${port}/v1`,
  launch: { command: [...launch.command] },
  hardware: {
    accelerator: candidate.accelerator ?? '',
    count: 1,
    replicas,
    quantization: 'bf16',
    sharesWith: host,
    memoryShare: share,
  },
  contextLength: longestText,
})

const asked = (
  stage: StageId,
  deployment: string,
  requirements: Requirements,
): Pick<PackedStage, 'knowledge'> => {
  if (stage === 'rerank')
    return { knowledge: { rerank: { deployment, api: 'jina', topN: 20, timeoutMs: 1000 } } }
  const { dimensions } = encoders[embeddingsOf(requirements) ?? 'small']
  return { knowledge: { embeddings: { deployment, dimensions, inputType: false } } }
}
