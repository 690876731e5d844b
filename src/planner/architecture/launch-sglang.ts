// SGLang's server as the design decided. Its prefix cache is on unless it is switched off.

import { acceleratorsOf } from '../memory/memory.js'
import { launchMessage } from './launch-messages.js'
import {
  batchedTokensSetting,
  contextSetting,
  kvDtypeSetting,
  memoryShareSetting,
  modelReason,
  onLoadQuantization,
  parallelSettings,
  sequencesReason,
  spreadOf,
} from './launch-parts.js'
import {
  type EngineCommandBuilder,
  flagSetting,
  type LaunchFacts,
  type SettingDraft,
} from './launch-setting.js'
import { parsersOf } from './model-parsers.js'

/** SGLang's default. */
export const bootstrapPort = 8998

export const sglangCommand: EngineCommandBuilder = (facts) => {
  const { candidate, servedName, memory } = facts
  const { settings } = memory
  const { dataParallel } = spreadOf(facts)
  return {
    start: ['python', '-m', 'sglang.launch_server'],
    settings: [
      flagSetting('--model-path', candidate.checkpoint, modelReason(facts)),
      flagSetting('--served-model-name', servedName, launchMessage('planner.launch-name', {})),
      flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
      flagSetting('--port', facts.port, launchMessage('planner.launch-port', {})),
      contextSetting('--context-length', facts),
      memoryShareSetting('--mem-fraction-static', settings.utilisation, facts),
      flagSetting('--max-running-requests', settings.maxSequences * dataParallel, sequencesReason(facts)),
      batchedTokensSetting('--chunked-prefill-size', settings.maxBatchedTokens),
      kvDtypeSetting('--kv-cache-dtype', facts, 'fp8_e4m3'),
      ...onLoadQuantization('--quantization', facts),
      ...spread(facts),
      ...speculation(facts),
      ...disaggregation(facts),
      ...offload(facts),
      ...parserSettings(facts),
    ],
  }
}

/** SGLang counts all accelerators of the attention groups as its tensor width, and divides them into the groups. */
const spread = (facts: LaunchFacts): readonly SettingDraft[] => {
  const { tensorParallel, dataParallel } = spreadOf(facts)
  const width = tensorParallel * dataParallel
  const parallel = (kind: 'tensorParallel' | 'dataParallel', count: number) =>
    launchMessage('planner.launch-parallel', { kind, count })
  return [
    ...(width > 1 ? [flagSetting('--tensor-parallel-size', width, parallel('tensorParallel', width))] : []),
    ...(dataParallel > 1
      ? [
          flagSetting('--data-parallel-size', dataParallel, parallel('dataParallel', dataParallel)),
          flagSetting('--enable-dp-attention', null, parallel('dataParallel', dataParallel)),
        ]
      : []),
    ...parallelSettings(facts, {
      pipelineParallel: '--pipeline-parallel-size',
      expertParallel: '--expert-parallel-size',
    }),
  ]
}

const algorithms = { layer: 'NEXTN', ngram: 'NGRAM' } as const

const speculation = ({ candidate: { speculation: decided } }: LaunchFacts): readonly SettingDraft[] => {
  if (!decided) return []
  const { method, tokens, acceptance } = decided
  const reason = launchMessage('planner.launch-speculation', { method, tokens, acceptance })
  return [
    flagSetting('--speculative-algorithm', algorithms[method], reason),
    flagSetting('--speculative-num-draft-tokens', tokens, reason),
  ]
}

/** docs.sglang.io/advanced_features/pd_disaggregation, "NIXL". */
const disaggregation = ({ role, layout, candidate }: LaunchFacts): readonly SettingDraft[] => {
  const pools = candidate.disaggregation
  if (!role || !pools) return []
  const replicas = role === 'prefill' ? pools.prefillReplicas : pools.decodeReplicas
  const first = acceleratorsOf(layout)
  return [
    flagSetting('--disaggregation-mode', role, launchMessage('planner.launch-role', { role, replicas })),
    flagSetting('--disaggregation-transfer-backend', 'nixl', launchMessage('planner.launch-transfer', {})),
    role === 'prefill'
      ? flagSetting(
          '--disaggregation-bootstrap-port',
          bootstrapPort,
          launchMessage('planner.launch-bootstrap', {}),
        )
      : flagSetting('--base-gpu-id', first, launchMessage('planner.launch-base-accelerator', { first })),
  ]
}

const offload = ({ cpuOffloadGiB }: LaunchFacts): readonly SettingDraft[] =>
  cpuOffloadGiB > 0
    ? [
        flagSetting(
          '--cpu-offload-gb',
          Math.ceil(cpuOffloadGiB),
          launchMessage('planner.launch-offload', { gib: Math.ceil(cpuOffloadGiB) }),
        ),
      ]
    : []

const parserSettings = ({ model }: LaunchFacts): readonly SettingDraft[] => {
  const { tool, reasoning } = parsersOf(model, 'sglang')
  return [
    ...(tool
      ? [
          flagSetting(
            '--tool-call-parser',
            tool,
            launchMessage('planner.launch-tool-parser', { parser: tool }),
          ),
        ]
      : []),
    ...(reasoning
      ? [
          flagSetting(
            '--reasoning-parser',
            reasoning,
            launchMessage('planner.launch-reasoning-parser', { parser: reasoning }),
          ),
        ]
      : []),
  ]
}
