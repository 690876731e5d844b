// Models that `design` does not choose from, but that people ask about: their configuration files alone. Knows no arithmetic.

import data from './data/more-model-configs.json' with { type: 'json' }
import { createLookup, type Lookup } from './find-by-name.js'
import { modelOfConfig, readConfig } from './hf-config/read-model-config.js'
import type { Model } from './model.js'

export interface FurtherModel {
  readonly name: string
  readonly aliases: readonly string[]
  /** As published, in billions; the test counts the configuration's weights against it. */
  readonly publishedB: number
  /** Of it in modules that `design` does not read: towers for sound. */
  readonly uncountedB: number
  readonly config: unknown
}

/** Facts of each repository's own `config.json` on the Hugging Face hub, as of 2026-11. */
export const readFurtherModels = (): readonly FurtherModel[] =>
  Object.entries(
    data as Readonly<
      Record<
        string,
        {
          readonly parametersB: number
          readonly uncountedB?: number
          readonly aliases?: readonly string[]
          readonly config: unknown
        }
      >
    >,
  ).map(([name, { parametersB, uncountedB = 0, aliases = [], config }]) => ({
    name,
    aliases,
    publishedB: parametersB,
    uncountedB,
    config,
  }))

export const furtherModel = ({ name, config }: FurtherModel): Model =>
  modelOfConfig(readConfig(config), { name, date: '2026-11' })

export const lookUpFurtherModel = (): ((name: string) => Lookup<FurtherModel>) =>
  createLookup(readFurtherModels())

/**
 * Tokens that a later training run of a model reads where that is not what the first one read. Qwen3 of July 2025:
 * `max_position_embeddings` 262,144 in the config.json of every `-2507` repository, 40,960 in those before.
 */
export const contextOfRevision = (name: string): number | null =>
  /qwen3-.*-2507/i.test(name) ? 262_144 : null

/**
 * Width of the blocks that an fp8 checkpoint shares its scales in, where its publisher's cards say so of all: every
 * `Qwen/...-FP8` is of "fine-grained fp8 quantization with block size of 128" (model cards, 2025-04 on).
 */
export const weightBlockOf = (name: string): number | null => (/^qwen\/.*-fp8$/i.test(name) ? 128 : null)

/**
 * Names of models that have the shape of one in the catalogue: a later training run, or the same in 16 bits. Read from
 * both repositories' configuration files where they are known, else from their makers' announcements (2026-11).
 */
export const sameShape: Readonly<Record<string, string>> = {
  'zai-org/GLM-4.5-Air': 'PrimeIntellect/INTELLECT-3 (GLM-4.5-Air class)',
  'zai-org/GLM-4.6': 'zai-org/GLM-4.7',
  'MiniMaxAI/MiniMax-M2': 'MiniMaxAI/MiniMax-M2.5',
  'MiniMaxAI/MiniMax-M2.1': 'MiniMaxAI/MiniMax-M2.5',
  'Qwen/Qwen3-Coder-30B-A3B-Instruct': 'Qwen/Qwen3-30B-A3B-Instruct-2507',
  'meta-llama/Llama-2-7b-chat-hf': 'meta-llama/Llama-2-7b-hf',
  'lmsys/vicuna-7b-v1.5': 'meta-llama/Llama-2-7b-hf',
  'deepseek-ai/DeepSeek-R1-Distill-Llama-8B': 'meta-llama/Llama-3.1-8B-Instruct',
  'deepseek-ai/DeepSeek-R1-Distill-Llama-70B': 'meta-llama/Llama-3.3-70B-Instruct',
  'nvidia/Llama-3.1-Nemotron-70B-Instruct': 'meta-llama/Llama-3.3-70B-Instruct',
  'Qwen/Qwen2.5-Coder-7B-Instruct': 'Qwen/Qwen2.5-7B-Instruct',
  'Qwen/Qwen2.5-Math-7B-Instruct': 'Qwen/Qwen2.5-7B-Instruct',
  'mistralai/Magistral-Small-2509': 'mistralai/Mistral-Small-3.1-24B-Instruct-2503',
  'meta-llama/Llama-2-13b-chat-hf': 'meta-llama/Llama-2-13b-hf',
  'lmsys/vicuna-13b-v1.5': 'meta-llama/Llama-2-13b-hf',
  'HuggingFaceH4/zephyr-7b-beta': 'mistralai/Mistral-7B-Instruct-v0.3',
  'teknium/OpenHermes-2.5-Mistral-7B': 'mistralai/Mistral-7B-Instruct-v0.3',
}
