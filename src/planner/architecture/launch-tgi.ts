// Text Generation Inference as the design decided. It answers to any model name and sizes its batches itself.

import { launchMessage } from './launch-messages.js'
import {
  batchedTokensSetting,
  contextSetting,
  memoryShareSetting,
  modelReason,
  onLoadQuantization,
} from './launch-parts.js'
import { type EngineCommandBuilder, flagSetting } from './launch-setting.js'

/** TGI's own default: fewer would refuse requests that the gateway lets pass. */
const usualConcurrent = 128

export const tgiCommand: EngineCommandBuilder = (facts) => {
  const { candidate, layout, memory, contextTokens } = facts
  const { settings } = memory
  const sequences = settings.maxSequences
  const concurrent = Math.max(usualConcurrent, 2 * sequences)
  // A prompt longer than a prefill batch would be refused at the start.
  const prefillTokens = Math.max(settings.maxBatchedTokens, contextTokens)
  return {
    start: ['text-generation-launcher'],
    settings: [
      flagSetting('--model-id', candidate.checkpoint, modelReason(facts)),
      flagSetting('--hostname', '127.0.0.1', launchMessage('planner.launch-host', {})),
      flagSetting('--port', 8000, launchMessage('planner.launch-port', {})),
      flagSetting(
        '--num-shard',
        layout.tensorParallel,
        launchMessage('planner.launch-parallel', { kind: 'tensorParallel', count: layout.tensorParallel }),
      ),
      contextSetting('--max-total-tokens', facts),
      batchedTokensSetting('--max-batch-prefill-tokens', prefillTokens),
      flagSetting(
        '--max-concurrent-requests',
        concurrent,
        launchMessage('planner.launch-concurrent', { concurrent, sequences }),
      ),
      memoryShareSetting('--cuda-memory-fraction', settings.utilisation, facts),
      ...(facts.model.precision === 'bf16' && candidate.precision === 'bf16'
        ? [flagSetting('--dtype', 'bfloat16', launchMessage('planner.launch-dtype', {}))]
        : []),
      ...onLoadQuantization('--quantize', facts),
    ],
  }
}
