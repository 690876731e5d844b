// llama-server as the design decided. Its slots share one cache, so that one long request may take what others leave.

import { bytesPerGiB } from '../../core/index.js'
import { acceleratorsOf, kvBytesOfSequence } from '../memory/memory.js'
import { launchMessage } from './launch-messages.js'
import { batchedTokensSetting, modelReason, sequencesReason } from './launch-parts.js'
import { type EngineCommandBuilder, flagSetting, type LaunchFacts } from './launch-setting.js'

/** All layers: more than any model has. */
const allLayers = 999

export const llamaCppCommand: EngineCommandBuilder = (facts) => {
  const { candidate, servedName, memory, model } = facts
  const slots = memory.settings.maxSequences
  const tokens = cacheTokens(facts, slots)
  return {
    start: ['llama-server'],
    settings: [
      flagSetting(
        '--model',
        `models/${candidate.model.replace(/^.*\//, '')}-${candidate.precision}.gguf`,
        modelReason(facts),
      ),
      flagSetting('--alias', servedName, launchMessage('planner.launch-name', {})),
      flagSetting('--host', '127.0.0.1', launchMessage('planner.launch-host', {})),
      flagSetting('--port', 8000, launchMessage('planner.launch-port', {})),
      flagSetting(
        '--ctx-size',
        tokens,
        launchMessage('planner.launch-shared-context', { tokens, slots, each: facts.contextTokens }),
      ),
      flagSetting('--parallel', slots, sequencesReason(facts)),
      flagSetting('--kv-unified', null, launchMessage('planner.launch-unified', {})),
      batchedTokensSetting('--ubatch-size', memory.settings.maxBatchedTokens),
      flagSetting('--cache-type-k', 'f16', launchMessage('planner.launch-kv-model', {})),
      flagSetting('--cache-type-v', 'f16', launchMessage('planner.launch-kv-model', {})),
      flagSetting('--gpu-layers', allLayers, launchMessage('planner.launch-gpu-layers', {})),
      ...(acceleratorsOf(facts.layout) > 1
        ? [
            flagSetting(
              '--split-mode',
              'layer',
              launchMessage('planner.launch-split-layers', { count: acceleratorsOf(facts.layout) }),
            ),
          ]
        : []),
      flagSetting('--jinja', null, launchMessage('planner.launch-jinja', {})),
      ...(model.reasoning === 'optional'
        ? [flagSetting('--reasoning-budget', 0, launchMessage('planner.launch-thinking-off', {}))]
        : []),
      flagSetting('--metrics', null, launchMessage('planner.launch-metrics', {})),
    ],
  }
}

/** Tokens of all slots together: each its longest request, as far as the memory goes. */
const cacheTokens = ({ memory, model, layout, contextTokens }: LaunchFacts, slots: number): number => {
  const poolBytes = memory.kvPoolGiB * acceleratorsOf(layout) * bytesPerGiB
  const perToken = kvBytesOfSequence(model, contextTokens) / contextTokens
  const room = Math.floor(poolBytes / perToken / 1024) * 1024
  return Math.max(contextTokens, Math.min(slots * contextTokens, room))
}
