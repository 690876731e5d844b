// Triton with TensorRT-LLM as the design decided. Triton reads a model repository; what the design decides are fields of
// its backend's configuration, here by name. Precision and parallel widths were fixed when the engine was built.

import { acceleratorsOf } from '../memory/memory.js'
import { launchMessage } from './launch-messages.js'
import { sequencesReason } from './launch-parts.js'
import type { EngineCommandBuilder, SettingDraft } from './launch-setting.js'

const field = (
  name: string,
  value: string | number | boolean,
  reason: SettingDraft['reason'],
): SettingDraft => ({
  flag: name,
  value: String(value),
  words: [`--backend-config=tensorrtllm,${name}=${value}`],
  reason,
})

export const trtllmCommand: EngineCommandBuilder = (facts) => {
  const { candidate, layout, memory, sharedPrefixTokens } = facts
  const { settings, kvPoolGiB } = memory
  const processes = acceleratorsOf(layout)
  return {
    start: ['mpirun', '-n', String(processes), 'tritonserver'],
    settings: [
      {
        flag: '--model-repository',
        value: '/models',
        words: ['--model-repository=/models'],
        reason: launchMessage('planner.launch-repository', {
          checkpoint: candidate.checkpoint,
          precision: candidate.precision ?? '',
          kv: candidate.kvDtype === 'fp8' ? 'fp8' : '16-bit',
          tensorParallel: layout.tensorParallel,
          pipelineParallel: layout.pipelineParallel,
        }),
      },
      field(
        'kv_cache_free_gpu_mem_fraction',
        settings.utilisation,
        launchMessage('planner.launch-free-share', {
          share: settings.utilisation,
          poolGiB: kvPoolGiB,
        }),
      ),
      field('triton_max_batch_size', settings.maxSequences, sequencesReason(facts)),
      field('batching_strategy', 'inflight_fused_batching', launchMessage('planner.launch-inflight', {})),
      field('enable_chunked_context', true, launchMessage('planner.launch-chunked', {})),
      ...(sharedPrefixTokens > 0
        ? [
            field(
              'enable_kv_cache_reuse',
              true,
              launchMessage('planner.launch-prefix-cache', { tokens: sharedPrefixTokens }),
            ),
          ]
        : []),
    ],
  }
}
