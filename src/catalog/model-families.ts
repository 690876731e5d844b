// What is meant by the bare name of a family (`mistral`, `qwen3`, `qwen coder`): the models of it that are run most.

import { normaliseName } from './find-by-name.js'

/** Of each family the newest generation first, in the sizes that are run most; then what came before. */
const common: readonly string[] = [
  'meta-llama/Llama-3.1-8B-Instruct',
  'meta-llama/Llama-3.3-70B-Instruct',
  'meta-llama/Llama-4-Scout-17B-16E-Instruct',
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct',
  'meta-llama/Llama-3.2-3B-Instruct',
  'meta-llama/Meta-Llama-3-8B-Instruct',
  'meta-llama/Llama-2-7b-hf',
  'meta-llama/Llama-2-13b-hf',
  'meta-llama/Llama-2-70b-hf',
  'codellama/CodeLlama-13b-Instruct-hf',
  'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
  'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
  'mistralai/Mistral-7B-Instruct-v0.3',
  'mistralai/Mistral-Nemo-Instruct-2407',
  'mistralai/Mistral-Large-Instruct-2407',
  'mistralai/Mixtral-8x7B-Instruct-v0.1',
  'mistralai/Mixtral-8x22B-Instruct-v0.1',
  'mistralai/Ministral-8B-Instruct-2410',
  'mistralai/Codestral-22B-v0.1',
  'Qwen/Qwen3.6-27B',
  'Qwen/Qwen3.6-35B-A3B',
  'Qwen/Qwen3-8B',
  'Qwen/Qwen3-32B',
  'Qwen/Qwen3-30B-A3B-Instruct-2507',
  'Qwen/Qwen3.5-27B',
  'Qwen/Qwen3.5-35B-A3B',
  'Qwen/Qwen3-Coder-480B-A35B-Instruct',
  'Qwen/Qwen3-VL-8B-Instruct',
  'Qwen/Qwen3-VL-30B-A3B-Instruct',
  'Qwen/Qwen3-Next-80B-A3B-Instruct',
  'Qwen/Qwen2.5-7B-Instruct',
  'Qwen/Qwen2.5-32B-Instruct',
  'Qwen/Qwen2.5-72B-Instruct',
  'Qwen/Qwen2.5-Coder-32B-Instruct',
  'Qwen/Qwen2.5-VL-7B-Instruct',
  'Qwen/Qwen2-7B-Instruct',
  'Qwen/Qwen1.5-7B-Chat',
  'Qwen/QwQ-32B',
  'google/gemma-4-26B-A4B-it',
  'google/gemma-4-E4B-it',
  'google/gemma-3-27b-it',
  'google/gemma-3-12b-it',
  'google/gemma-3-4b-it',
  'google/gemma-2-9b-it',
  'google/gemma-2-27b-it',
  'deepseek-ai/DeepSeek-V4-Flash',
  'deepseek-ai/DeepSeek-V4-Pro',
  'deepseek-ai/DeepSeek-R1',
  'deepseek-ai/DeepSeek-V3.2',
  'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
  'deepseek-ai/DeepSeek-V3-0324',
  'deepseek-ai/DeepSeek-V2-Lite-Chat',
  'deepseek-ai/deepseek-coder-6.7b-instruct',
  'deepseek-ai/deepseek-coder-33b-instruct',
  'microsoft/phi-4',
  'microsoft/Phi-4-mini-instruct',
  'microsoft/Phi-4-reasoning',
  'microsoft/Phi-3.5-mini-instruct',
  'microsoft/Phi-3-mini-4k-instruct',
  'microsoft/Phi-3-medium-4k-instruct',
  'openai/gpt-oss-20b',
  'openai/gpt-oss-120b',
  'zai-org/GLM-5.2',
  'zai-org/GLM-4.7',
  'THUDM/GLM-4-9B-0414',
  'moonshotai/Kimi-K3',
  'moonshotai/Kimi-K2.5',
  'moonshotai/Kimi-K2-Instruct',
  'moonshotai/Kimi-Linear-48B-A3B-Instruct',
  'moonshotai/Kimi-VL-A3B-Instruct',
  'MiniMaxAI/MiniMax-M3',
  'MiniMaxAI/MiniMax-M2.7',
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16',
  'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-FP8',
  'nvidia/Llama-3_3-Nemotron-Super-49B-v1',
  'XiaomiMiMo/MiMo-V2-Flash',
  'XiaomiMiMo/MiMo-7B-Base',
  'ibm-granite/granite-4.0-h-small',
  'ibm-granite/granite-3.3-8b-instruct',
  'allenai/OLMo-2-1124-7B-Instruct',
  'allenai/OLMo-2-1124-13B-Instruct',
  'HuggingFaceTB/SmolLM3-3B',
  'HuggingFaceTB/SmolLM2-1.7B-Instruct',
  'CohereForAI/c4ai-command-r-08-2024',
  '01-ai/Yi-1.5-9B-Chat',
  '01-ai/Yi-34B-Chat',
  'stepfun-ai/Step-3.7-Flash',
]

const mostNamed = 3

/**
 * The models that a name without a size may mean, most likely first: those that begin with its first word and hold the
 * others. Empty for a name with a size, and for what is no family.
 */
export const modelsOfFamily = (written: string): readonly string[] => {
  if (/\d\s*b\b/i.test(written)) return []
  // A number belongs to the word before it: `llama 3.1` and `llama-3.1` are one.
  const [first = '', ...others] = tailOf(written)
    .replace(/[-_\s]+(?=v?\d)/g, '')
    .split(/[-_\s]+/)
    .map(normaliseName)
  if (first.length < 2) return []
  return common
    .filter((name) => {
      const tail = normaliseName(tailOf(name)).replace(/^(meta|nvidia|c4ai)/, '')
      return tail.startsWith(first) && others.every((word) => tail.includes(word))
    })
    .slice(0, mostNamed)
}

const tailOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** For the test that each is known. */
export const commonModels = common
