import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.js'
import { lookUpFurtherModel } from './further-models.js'
import { commonModels, modelsOfFamily } from './model-families.js'

describe('the bare name of a family', () => {
  it.each([
    [
      'mistral',
      ['Mistral-Small-3.2-24B-Instruct-2506', 'Mistral-7B-Instruct-v0.3', 'Mistral-Nemo-Instruct-2407'],
    ],
    ['Mixtral', ['Mixtral-8x7B-Instruct-v0.1', 'Mixtral-8x22B-Instruct-v0.1']],
    ['llama', ['Llama-3.1-8B-Instruct', 'Llama-3.3-70B-Instruct', 'Llama-4-Scout-17B-16E-Instruct']],
    ['meta-llama/llama-4', ['Llama-4-Scout-17B-16E-Instruct', 'Llama-4-Maverick-17B-128E-Instruct']],
    ['llama 2', ['Llama-2-7b-hf', 'Llama-2-13b-hf', 'Llama-2-70b-hf']],
    ['qwen', ['Qwen3.6-27B', 'Qwen3.6-35B-A3B', 'Qwen3-8B']],
    ['Qwen2.5', ['Qwen2.5-7B-Instruct', 'Qwen2.5-32B-Instruct', 'Qwen2.5-72B-Instruct']],
    ['qwen-coder', ['Qwen3-Coder-480B-A35B-Instruct', 'Qwen2.5-Coder-32B-Instruct']],
    ['gemma', ['gemma-4-26B-A4B-it', 'gemma-4-E4B-it', 'gemma-3-27b-it']],
    ['gemma3', ['gemma-3-27b-it', 'gemma-3-12b-it', 'gemma-3-4b-it']],
    ['deepseek', ['DeepSeek-V4-Flash', 'DeepSeek-V4-Pro', 'DeepSeek-R1']],
    ['phi', ['phi-4', 'Phi-4-mini-instruct', 'Phi-4-reasoning']],
    ['gpt-oss', ['gpt-oss-20b', 'gpt-oss-120b']],
    ['glm', ['GLM-5.2', 'GLM-4.7', 'GLM-4-9B-0414']],
    ['kimi k2', ['Kimi-K2.5', 'Kimi-K2-Instruct']],
    ['nemotron', ['NVIDIA-Nemotron-3-Nano-30B-A3B-BF16', 'NVIDIA-Nemotron-3-Super-120B-A12B-FP8']],
  ])('%s means the models of it that are run most', (written, names) => {
    expect(modelsOfFamily(written).map((name) => name.slice(name.indexOf('/') + 1))).toEqual(names)
  })

  it.each(['claude', 'x', '', 'Llama-3.1-9B', 'wizard'])('is not "%s"', (written) => {
    expect(modelsOfFamily(written)).toEqual([])
  })

  it('leads to models that are known', () => {
    const { lookUpModel } = loadCatalogue()
    const further = lookUpFurtherModel()
    for (const name of commonModels)
      expect(lookUpModel(name).found ?? further(name).found, name).toBeDefined()
  })
})
