import { describe, expect, it } from 'vitest'
import { furtherModel, lookUpFurtherModel, readFurtherModels } from './further-models.js'

describe('further models', () => {
  it.each(readFurtherModels().map((model) => [model.name, model] as const))(
    '%s counts to its published size',
    (_name, model) => {
      const counted = (furtherModel(model).parametersB ?? 0) + model.uncountedB
      expect(Math.abs(counted / model.publishedB - 1)).toBeLessThan(0.02)
    },
  )

  it('finds one by another name of the same shape', () => {
    expect(lookUpFurtherModel()('deepseek-ai/DeepSeek-R1-Distill-Llama-70B').found?.name).toBe(
      'meta-llama/Llama-3.3-70B-Instruct',
    )
  })
})
