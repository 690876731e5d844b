// Text Generation Inference as the design decided. It answers to any model name and sizes its batches itself.

import { launchMessage } from './launch-messages.js'
import { contextSetting, modelReason, onLoadQuantization, sequencesOf } from './launch-parts.js'
import { type EngineCommandBuilder, flagSetting } from './launch-setting.js'

/** TGI's own default: fewer would refuse requests that the gateway lets pass. */
const usualConcurrent = 128

export const tgiCommand: EngineCommandBuilder = (facts) => {
  const { candidate, layout, budget, accelerator, contextTokens } = facts
  const sequences = sequencesOf(facts)
  const concurrent = Math.max(usualConcurrent, 2 * sequences)
  // A prompt longer than a prefill batch would be refused at the start.
  const prefillTokens = Math.max(budget.maxBatchedTokens, contextTokens)
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
      flagSetting(
        '--max-batch-prefill-tokens',
        prefillTokens,
        launchMessage('planner.launch-batched-tokens', { tokens: prefillTokens }),
      ),
      flagSetting(
        '--max-concurrent-requests',
        concurrent,
        launchMessage('planner.launch-concurrent', { concurrent, sequences }),
      ),
      flagSetting(
        '--cuda-memory-fraction',
        budget.utilisation,
        launchMessage('planner.launch-memory-share', {
          share: budget.utilisation,
          totalGiB: accelerator.memoryGiB ?? 0,
          weightsGiB: candidate.memory?.weightsGiB ?? 0,
          poolGiB: candidate.memory?.kvPoolGiB ?? 0,
        }),
      ),
      ...(facts.model.precision === 'bf16' && candidate.precision === 'bf16'
        ? [flagSetting('--dtype', 'bfloat16', launchMessage('planner.launch-dtype', {}))]
        : []),
      ...onLoadQuantization('--quantize', facts),
    ],
  }
}
