// SGLang's server as the design decided. Its prefix cache is on unless it is switched off.

import { launchMessage } from './launch-messages.js'
import {
  contextSetting,
  modelReason,
  onLoadQuantization,
  parallelSettings,
  sequencesReason,
} from './launch-parts.js'
import {
  type EngineCommandBuilder,
  flagSetting,
  type LaunchFacts,
  type SettingDraft,
} from './launch-setting.js'
import { parsersOf } from './model-parsers.js'

export const sglangCommand: EngineCommandBuilder = (facts) => {
  const { candidate, servedName, budget, accelerator } = facts
  return {
    start: ['python', '-m', 'sglang.launch_server'],
    settings: [
      flagSetting('--model-path', candidate.checkpoint, modelReason(facts)),
      flagSetting('--served-model-name', servedName, launchMessage('planner.launch-name', {})),
      flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
      flagSetting('--port', 8000, launchMessage('planner.launch-port', {})),
      contextSetting('--context-length', facts),
      flagSetting(
        '--mem-fraction-static',
        budget.utilisation,
        launchMessage('planner.launch-memory-share', {
          share: budget.utilisation,
          totalGiB: accelerator.memoryGiB ?? 0,
          weightsGiB: candidate.memory?.weightsGiB ?? 0,
          poolGiB: candidate.memory?.kvPoolGiB ?? 0,
        }),
      ),
      flagSetting(
        '--max-running-requests',
        Math.min(budget.maxSequences, candidate.memory?.maxSequences ?? budget.maxSequences),
        sequencesReason(facts),
      ),
      flagSetting(
        '--chunked-prefill-size',
        budget.maxBatchedTokens,
        launchMessage('planner.launch-batched-tokens', { tokens: budget.maxBatchedTokens }),
      ),
      flagSetting('--kv-cache-dtype', 'auto', launchMessage('planner.launch-kv-model', {})),
      ...onLoadQuantization('--quantization', facts),
      ...parallelSettings(facts, {
        tensorParallel: '--tensor-parallel-size',
        pipelineParallel: '--pipeline-parallel-size',
        dataParallel: '--data-parallel-size',
        expertParallel: '--expert-parallel-size',
      }),
      ...speculation(facts),
      ...offload(facts),
      ...parserSettings(facts),
    ],
  }
}

const algorithms = { mtp: 'NEXTN', eagle3: 'EAGLE3', ngram: 'NGRAM' } as const

const speculation = ({ speculation: decided }: LaunchFacts): readonly SettingDraft[] => {
  if (!decided) return []
  const { method, tokens, draft } = decided
  const reason = launchMessage('planner.launch-speculation', { method, tokens })
  return [
    flagSetting('--speculative-algorithm', algorithms[method], reason),
    flagSetting('--speculative-num-draft-tokens', tokens, reason),
    ...(draft === undefined ? [] : [flagSetting('--speculative-draft-model-path', draft, reason)]),
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
