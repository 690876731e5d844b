// Prompts and answers on engines of their own, as deployments: one that reads, one that writes, and SGLang's router in
// front of both, which is what the routes ask. After docs.sglang.io/advanced_features/pd_disaggregation.

import { type Engine, engineOf } from '../../catalog/index.js'
import { acceleratorsOf } from '../memory/memory.js'
import type { DeploymentDraft } from './deployment-draft.js'
import { type Launch, type LaunchCommand, launchCommand } from './launch-command.js'
import { launchMessage, type PoolRole } from './launch-messages.js'
import { flagSetting, type LaunchSetting, type SettingDraft } from './launch-setting.js'
import { bootstrapPort } from './launch-sglang.js'

export interface Pool {
  readonly deployment: DeploymentDraft
  readonly launch: LaunchCommand
}

export interface SeparatePools {
  readonly pools: readonly Pool[]
  readonly router: LaunchCommand
}

const ports = { prefill: 8001, decode: 8002 } as const

/** @param whole the deployment as it would stand if one engine did both */
export const separatePools = (launch: Launch, whole: DeploymentDraft): SeparatePools | null => {
  const { candidate, catalogue } = launch
  const split = candidate.disaggregation
  const engine = engineOf(catalogue, 'sglang')
  if (!split || candidate.engine !== 'sglang' || !engine) return null
  const { replicas } = candidate
  const regions = replicas?.regions ?? 1
  // A pool of each kind keeps a spare.
  const spare = (replicas?.spare ?? 0) / 2
  const replicasOf = { prefill: split.prefillReplicas + spare, decode: split.decodeReplicas + spare }
  const pools = (['prefill', 'decode'] as const).flatMap((role): Pool[] => {
    const command = launchCommand({ ...launch, role, port: ports[role] })
    if (!command) return []
    return [
      {
        launch: command,
        deployment: deploymentOf(whole, { role, command, replicas: replicasOf[role] * regions, launch }),
      },
    ]
  })
  return pools.length === 2 ? { pools, router: routerCommand(engine, replicasOf) } : null
}

const deploymentOf = (
  whole: DeploymentDraft,
  {
    role,
    command,
    replicas,
    launch: { candidate, layout },
  }: {
    readonly role: PoolRole
    readonly command: LaunchCommand
    readonly replicas: number
    readonly launch: Launch
  },
): DeploymentDraft => {
  const { price: _, ...rest } = whole
  return {
    ...rest,
    id: `${whole.id}-${role}`,
    address: `http://127.0.0.1:${ports[role]}/v1`,
    launch: { command: [...command.command] },
    hardware: {
      accelerator: candidate.accelerator ?? '',
      count: acceleratorsOf(layout),
      replicas,
      quantization: candidate.precision ?? 'bf16',
      tensorParallel: layout.tensorParallel,
      pipelineParallel: layout.pipelineParallel,
    },
  }
}

const routerCommand = (engine: Engine, replicas: Readonly<Record<PoolRole, number>>): LaunchCommand => {
  const member = (role: PoolRole, words: readonly string[]): SettingDraft => ({
    flag: `--${role}`,
    value: words.join(' '),
    words: [`--${role}`, ...words],
    reason: launchMessage('planner.launch-pool-member', { role, replicas: replicas[role] }),
  })
  const drafts = [
    flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
    flagSetting('--port', 8000, launchMessage('planner.launch-port', {})),
    flagSetting('--pd-disaggregation', null, launchMessage('planner.launch-router', {})),
    member('prefill', [`http://127.0.0.1:${ports.prefill}`, String(bootstrapPort)]),
    member('decode', [`http://127.0.0.1:${ports.decode}`]),
  ]
  const command = ['python', '-m', 'sglang_router.launch_router']
  const against = `${engine.name} ${engine.version}`
  const settings = drafts.map(({ words, ...draft }): LaunchSetting => {
    const at = command.length
    command.push(...words)
    // The catalogue's list is that of the server.
    return { ...draft, at, validation: { against, list: 'snapshot', problem: 'not-listed' } }
  })
  return { command, settings, checkedAgainst: against }
}
