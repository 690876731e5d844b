// Triton with TensorRT-LLM as the design decided. Triton reads a model repository, and what the design decides are fields
// of its `tensorrt_llm/config.pbtxt`, filled by the backend's own tool before the start; one process an accelerator, of
// which the first answers. Precision and parallel widths were fixed when the engine was built.
// After github:triton-inference-server/tensorrtllm_backend docs/model_config.md (05ceae0) and, of the processes,
// github:NVIDIA/TensorRT-LLM triton_backend/scripts/launch_triton_server.py.

import { acceleratorsOf } from '../memory/memory.js'
import { launchMessage } from './launch-messages.js'
import { sequencesReason } from './launch-parts.js'
import type { EngineCommandBuilder, LaunchFacts, SettingDraft } from './launch-setting.js'

const repository = '/models'

export const trtllmCommand: EngineCommandBuilder = (facts) => {
  const fields = fieldsOf(facts)
  const { candidate, layout, memory, contextTokens } = facts
  const filled = fields.map(({ flag, value }) => `${flag}:${value}`).join(',')
  return {
    start: ['mpirun', '--allow-run-as-root', '-n', '1', 'tritonserver'],
    settings: [
      {
        flag: '--model-repository',
        value: repository,
        words: [`--model-repository=${repository}`],
        reason: launchMessage('planner.launch-repository', {
          checkpoint: candidate.checkpoint,
          precision: candidate.precision ?? '',
          kv: candidate.kvDtype === 'fp8' ? 'fp8' : '16-bit',
          tensorParallel: layout.tensorParallel,
          pipelineParallel: layout.pipelineParallel,
          build: `--max_batch_size ${memory.settings.maxSequences} --max_num_tokens ${memory.settings.maxBatchedTokens} --max_seq_len ${contextTokens} --use_paged_context_fmha enable`,
          fill: `python3 /app/tools/fill_template.py -i ${repository}/tensorrt_llm/config.pbtxt ${filled}`,
        }),
      },
      ...fields,
      {
        flag: '--disable-auto-complete-config',
        value: null,
        words: ['--disable-auto-complete-config', prefixOf(0), ...otherRanks(acceleratorsOf(layout))],
        reason: launchMessage('planner.launch-ranks', { count: acceleratorsOf(layout) }),
      },
    ],
  }
}

/** Each process its own region of shared memory for the Python models beside the engine. */
const prefixOf = (rank: number) => `--backend-config=python,shm-region-prefix-name=prefix${rank}_`

/** The processes beside the first load the engine alone. */
const otherRanks = (count: number): readonly string[] =>
  Array.from({ length: count - 1 }, (_, index) => [
    ':',
    ...['-n', '1', 'tritonserver', `--model-repository=${repository}`],
    ...['--model-control-mode=explicit', '--load-model=tensorrt_llm', '--disable-auto-complete-config'],
    prefixOf(index + 1),
  ]).flat()

/** A field of the file: no word of the command. */
const field = (
  name: string,
  value: string | number | boolean,
  reason: SettingDraft['reason'],
): SettingDraft => ({
  flag: name,
  value: String(value),
  words: [],
  reason,
})

/** What must be filled, and what the design decided. */
const fieldsOf = (facts: LaunchFacts): readonly SettingDraft[] => {
  const { memory, sharedPrefixTokens } = facts
  const { settings, kvPoolGiB } = memory
  const needed = launchMessage('planner.launch-field-needed', {})
  return [
    field('triton_backend', 'tensorrtllm', needed),
    field('engine_dir', `${repository}/tensorrt_llm/1`, needed),
    field('logits_datatype', 'TYPE_FP32', needed),
    field('encoder_input_features_data_type', 'TYPE_FP16', needed),
    field('max_queue_delay_microseconds', 0, launchMessage('planner.launch-no-delay', {})),
    field('max_queue_size', 0, launchMessage('planner.launch-queue', {})),
    field('decoupled_mode', true, launchMessage('planner.launch-decoupled', {})),
    field(
      'kv_cache_free_gpu_mem_fraction',
      settings.utilisation,
      launchMessage('planner.launch-free-share', { share: settings.utilisation, poolGiB: kvPoolGiB }),
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
  ]
}
