// `vllm serve` as the design decided. Flags are those of the catalogue's snapshot.

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

export const vllmCommand: EngineCommandBuilder = (facts) => {
  const { candidate, servedName, memory } = facts
  const { settings } = memory
  return {
    start: ['vllm', 'serve'],
    settings: [
      { flag: null, value: candidate.checkpoint, words: [candidate.checkpoint], reason: modelReason(facts) },
      flagSetting('--served-model-name', servedName, launchMessage('planner.launch-name', {})),
      flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
      flagSetting('--port', 8000, launchMessage('planner.launch-port', {})),
      contextSetting('--max-model-len', facts),
      memoryShareSetting('--gpu-memory-utilization', settings.utilisation, facts),
      flagSetting('--max-num-seqs', settings.maxSequences, sequencesReason(facts)),
      ...stepSettings(facts),
      kvDtypeSetting('--kv-cache-dtype', facts, 'fp8'),
      ...onLoadQuantization('--quantization', facts),
      ...dtype(facts),
      ...parallelSettings(facts, {
        tensorParallel: '--tensor-parallel-size',
        pipelineParallel: '--pipeline-parallel-size',
        dataParallel: '--data-parallel-size',
        decodeContextParallel: '--decode-context-parallel-size',
      }),
      ...expertParallel(facts),
      ...speculation(facts),
      ...offload(facts),
      ...parserSettings(facts),
    ],
  }
}

const stepSettings = ({ memory, sharedPrefixTokens }: LaunchFacts): readonly SettingDraft[] => [
  batchedTokensSetting('--max-num-batched-tokens', memory.settings.maxBatchedTokens),
  flagSetting('--enable-chunked-prefill', null, launchMessage('planner.launch-chunked', {})),
  flagSetting(
    '--enable-prefix-caching',
    null,
    launchMessage('planner.launch-prefix-cache', { tokens: sharedPrefixTokens }),
  ),
]

/** Where the checkpoint is in 16 bits; a quantized one says itself what it multiplies in. */
const dtype = ({ candidate, model }: LaunchFacts): readonly SettingDraft[] =>
  model.precision === 'bf16' && (candidate.precision === 'bf16' || candidate.build === 'on-load')
    ? [flagSetting('--dtype', 'bfloat16', launchMessage('planner.launch-dtype', {}))]
    : []

const expertParallel = (facts: LaunchFacts): readonly SettingDraft[] => {
  const count = spreadOf(facts).expertParallel
  const reason = launchMessage('planner.launch-parallel', { kind: 'expertParallel', count })
  return count > 1 ? [flagSetting('--enable-expert-parallel', null, reason)] : []
}

/** `mtp` is the drafting layer that a checkpoint carries; n-grams are looked up in up to four tokens before. */
const speculation = ({ candidate: { speculation: decided } }: LaunchFacts): readonly SettingDraft[] => {
  if (!decided) return []
  const { method, tokens, acceptance } = decided
  const value = JSON.stringify({
    method: method === 'layer' ? 'mtp' : 'ngram',
    num_speculative_tokens: tokens,
    ...(method === 'ngram' ? { prompt_lookup_max: 4 } : {}),
  })
  const reason = launchMessage('planner.launch-speculation', { method, tokens, acceptance })
  return [flagSetting('--speculative-config', value, reason)]
}

const offload = ({ cpuOffloadGiB }: LaunchFacts): readonly SettingDraft[] =>
  cpuOffloadGiB > 0
    ? [
        flagSetting(
          '--cpu-offload-gb',
          cpuOffloadGiB,
          launchMessage('planner.launch-offload', { gib: cpuOffloadGiB }),
        ),
      ]
    : []

/** vLLM refuses `tools` with a choice of `auto` unless it is told how the model writes its calls. */
const parserSettings = ({ model }: LaunchFacts): readonly SettingDraft[] => {
  const { tool, reasoning, thinksByDefault } = parsersOf(model, 'vllm')
  return [
    ...(tool
      ? [
          flagSetting('--enable-auto-tool-choice', null, launchMessage('planner.launch-auto-tools', {})),
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
    ...(thinksByDefault
      ? [
          flagSetting(
            '--default-chat-template-kwargs',
            '{"enable_thinking": false}',
            launchMessage('planner.launch-thinking-off', {}),
          ),
        ]
      : []),
  ]
}
