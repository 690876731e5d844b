// Models that an engine's release is older than. Knows no memory.

import { assumedVersions, releaseOf } from '../memory/engine-defaults.js'
import { engineVersion } from '../memory/engine-version.js'
import { adviceMessage } from './advice-messages.js'
import type { FitRequest } from './fit-request.js'
import type { Problem } from './layout-problems.js'

/**
 * The first release of vLLM that runs an architecture, as its release notes say. A development build carries the number
 * of the release before, so an architecture counts as known from there on.
 */
const firstReleases: readonly (readonly [RegExp, string])[] = [
  [/^Qwen3VL(Moe)?For/, '0.11.0'],
  [/^Qwen3NextFor/, '0.10.2'],
  [/^GptOssFor/, '0.10.1'],
  [/^Glm4MoeFor/, '0.10.0'],
  [/^Qwen3(Moe)?ForCausalLM/, '0.8.4'],
  [/^Llama4For/, '0.8.3'],
  [/^Qwen2_5_VLFor/, '0.7.2'],
  [/^DeepseekV3For/, '0.6.6'],
  [/^Gemma2For/, '0.5.1'],
  [/^DeepseekV2For/, '0.5.1'],
]

/**
 * vLLM 0.10.2 loaded Qwen3-VL-235B by way of Transformers, with experts undivided, and ran out of memory over eight
 * accelerators that hold it (QwenLM/Qwen3-VL issues 1489 and 1493, 2025-09). Dense models run that way from 0.8 on.
 */
export const releaseProblems = ({
  engine,
  engineVersion: written,
  model,
}: FitRequest): readonly Problem[] => {
  if (engine !== 'vllm') return []
  const first = firstReleases.find(([pattern]) => pattern.test(model.architecture))?.[1]
  const version = releaseOf(engine, written)
  if (first === undefined || version >= (engineVersion(first) ?? 0)) return []
  const refused = model.experts > 0 || version < 8
  return [
    {
      limit: refused ? 'release' : null,
      warning: adviceMessage('fit.release-too-old', {
        version: written ?? assumedVersions.vllm,
        architecture: model.architecture,
        first,
        refused,
      }),
    },
  ]
}
