import { describe, expect, it } from 'vitest'
import { loadCatalogue, type Model, modelOfConfig, readConfig, requireModel } from '../../catalog/index.js'
import { publishedModels } from './__fixtures__/published-models.js'
import { kvCost } from './kv-cache.js'

const catalogue = loadCatalogue()
const modelOf = (name: string, config: Readonly<Record<string, unknown>> | undefined): Model =>
  config ? modelOfConfig(readConfig(config), { name, date: '2026-11-26' }) : requireModel(catalogue, name)

/** Every layer's keys and values of one token, as the gallery counts them: windows too, keys of an indexer not. */
const bytesOfToken = (model: Model): number => {
  const layers = model.shape.layers.map(({ weights, caches }) => ({
    weights,
    caches: caches.filter(({ kind }) => kind !== 'indexer'),
  }))
  const sharding = { tensorParallel: 1, pipelineParallel: 1 }
  return kvCost({ ...model, shape: { ...model.shape, layers } }, { sharding, freesWindows: false })
    .bytesPerToken
}

describe('published figures', () => {
  it('are of at least 40 models, and KV bytes of at least 40', () => {
    expect(publishedModels.length).toBeGreaterThanOrEqual(40)
    expect(publishedModels.filter(({ kiB, kB }) => kiB ?? kB).length).toBeGreaterThanOrEqual(40)
  })

  it.each(publishedModels)('$name', ({ name, total, billions, kiB, kB, config }) => {
    const model = modelOf(name, config)
    const parameters = Math.round((model.parametersB ?? 0) * 1e9)
    if (total !== undefined) expect(parameters).toBe(total)
    if (billions) expect(Math.abs(parameters / 1e9 - billions.value)).toBeLessThanOrEqual(billions.within)
    if (kiB !== undefined) expect(bytesOfToken(model) / 1024).toBeCloseTo(kiB, 1)
    if (kB !== undefined) expect(bytesOfToken(model) / 1000).toBeCloseTo(kB, 3)
    expect(model.shape.certainty).toBe('exact')
  })
})
