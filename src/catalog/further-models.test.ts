import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './catalogue.js'
import { furtherModel, lookUpFurtherModel, readFurtherModels, sameShape } from './further-models.js'

describe('further models', () => {
  it.each(readFurtherModels().map((model) => [model.name, model] as const))(
    '%s counts to its published size',
    (_name, model) => {
      const counted = (furtherModel(model).parametersB ?? 0) + model.uncountedB
      expect(Math.abs(counted / model.publishedB - 1)).toBeLessThan(0.02)
    },
  )

  it('finds one by another name of the same shape', () => {
    expect(lookUpFurtherModel()('google/gemma-4-E2B').found?.name).toBe('google/gemma-4-E2B-it')
  })

  it('names shapes that the catalogue has', () => {
    const { lookUpModel } = loadCatalogue()
    for (const [name, base] of Object.entries(sameShape)) {
      expect(lookUpModel(base).found, base).toBeDefined()
      expect(lookUpModel(name).found, name).toBeUndefined()
    }
  })
})
