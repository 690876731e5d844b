// How families of models write tool calls and reasoning, by the names that engines give their parsers.
// vLLM: docs/features/tool_calling.md, vllm/tool_parsers/__init__.py and vllm/reasoning/__init__.py at 0064cc9 (2026-08),
// docs.vllm.ai/en/v0.26.0/features/reasoning_outputs. SGLang: the choices of its own flags as the catalogue has them.
// A family that neither documents gets no parser: a wrong one is worse than none.

import type { Model } from '../../catalog/index.js'

export interface ModelParsers {
  readonly tool: string | null
  readonly reasoning: string | null
  /** It writes hidden reasoning unless its chat template is told not to, by `enable_thinking`. */
  readonly thinksByDefault: boolean
}

interface Family {
  readonly names: RegExp
  readonly vllm: readonly [tool: string | null, reasoning: string | null]
  readonly sglang: readonly [tool: string | null, reasoning: string | null]
  readonly thinksByDefault?: boolean
}

const families: readonly Family[] = [
  { names: /Qwen3-Coder/i, vllm: ['qwen3_xml', null], sglang: ['qwen3_coder', null] },
  {
    names: /Qwen3\.[56]/i,
    vllm: ['qwen3_xml', 'qwen3'],
    sglang: ['qwen3_coder', 'qwen3'],
    thinksByDefault: true,
  },
  { names: /Qwen3-/i, vllm: ['hermes', 'qwen3'], sglang: ['qwen25', 'qwen3'], thinksByDefault: true },
  { names: /Qwen2\.5/i, vllm: ['hermes', null], sglang: ['qwen25', null] },
  { names: /Llama-4/i, vllm: ['llama4_pythonic', null], sglang: ['pythonic', null] },
  { names: /Llama-3\.[123]/i, vllm: ['llama3_json', null], sglang: ['llama3', null] },
  {
    names: /DeepSeek-V3\.1/i,
    vllm: ['deepseek_v31', 'deepseek_v3'],
    sglang: ['deepseekv31', 'deepseek-v3'],
  },
  { names: /DeepSeek-V3\.2/i, vllm: ['deepseek_v32', 'deepseek_v3'], sglang: [null, 'deepseek-v3'] },
  { names: /DeepSeek-V4/i, vllm: ['deepseek_v4', 'deepseek_v4'], sglang: [null, null] },
  { names: /DeepSeek-R1/i, vllm: ['deepseek_v3', 'deepseek_r1'], sglang: ['deepseekv3', 'deepseek-r1'] },
  { names: /DeepSeek-V3/i, vllm: ['deepseek_v3', null], sglang: ['deepseekv3', null] },
  { names: /gpt-oss/i, vllm: ['openai', 'openai_gptoss'], sglang: ['gpt-oss', 'gpt-oss'] },
  { names: /Kimi-K2/i, vllm: ['kimi_k2', 'kimi_k2'], sglang: ['kimi_k2', 'kimi'] },
  { names: /Kimi-K3/i, vllm: [null, 'kimi_k3'], sglang: [null, null] },
  { names: /GLM-4\.7|GLM-5/i, vllm: ['glm47', 'glm47'], sglang: ['glm47', 'glm45'] },
  { names: /GLM-4\.[56]/i, vllm: ['glm45', 'glm45'], sglang: ['glm45', 'glm45'] },
  { names: /gemma-4/i, vllm: ['gemma4', 'gemma4'], sglang: [null, null] },
  { names: /MiniMax-M2/i, vllm: ['minimax_m2', 'minimax_m2'], sglang: [null, null] },
  { names: /MiniMax-M3/i, vllm: ['minimax_m3', 'minimax_m3'], sglang: [null, null] },
  { names: /MiMo/i, vllm: ['mimo', 'mimo'], sglang: [null, null] },
  { names: /Mistral-Small/i, vllm: ['mistral', null], sglang: ['mistral', null] },
  { names: /Nemotron-3/i, vllm: [null, 'nemotron_v3'], sglang: [null, null] },
  { names: /Step-3\.[57]/i, vllm: ['step3p5', 'step3p5'], sglang: [null, null] },
]

/** The parsers of a model; reasoning only where the model may reason. */
export const parsersOf = (model: Model, engine: 'vllm' | 'sglang'): ModelParsers => {
  const family = families.find(({ names }) => names.test(`${model.name} ${model.checkpoint}`))
  const [tool, reasoning] = family?.[engine] ?? [null, null]
  const reasons = model.reasoning !== 'none'
  return {
    tool,
    reasoning: reasons ? reasoning : null,
    thinksByDefault: model.reasoning === 'optional' && family?.thinksByDefault === true,
  }
}
