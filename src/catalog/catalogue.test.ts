import { describe, expect, it } from 'vitest'
import { loadCatalogue, priceOf, requireAccelerator, requireModel } from './catalogue.js'
import type { Model } from './model.js'

const catalogue = loadCatalogue()

describe('the catalogue', () => {
  it('holds the models, accelerators and prices of its data files, each with source and date', () => {
    expect(catalogue.models).toHaveLength(95 + 6 + 38 + 10)
    expect(catalogue.accelerators).toHaveLength(144)
    expect(catalogue.gpuPrices).toHaveLength(61)
    for (const { source } of [...catalogue.models, ...catalogue.accelerators, ...catalogue.gpuPrices]) {
      expect(source.origin).not.toBe('')
      expect(source.date).toMatch(/^\d{4}-\d{2}/)
    }
  })

  it('tells a release apart from an earlier one of the same sizes with a shorter context', () => {
    const pairs = [
      ['Qwen/Qwen3-235B-A22B', 'Qwen/Qwen3-235B-A22B-Instruct-2507'],
      ['Qwen/Qwen3-30B-A3B', 'Qwen/Qwen3-30B-A3B-Thinking-2507'],
      ['Qwen/Qwen3-30B-A3B-FP8', 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8'],
      ['microsoft/phi-4', 'microsoft/Phi-4-reasoning-plus'],
      ['Qwen/Qwen2.5-32B-Instruct', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B'],
    ] as const
    const contexts = pairs.map((names) => names.map((name) => requireModel(catalogue, name).maxContext))
    expect(contexts).toEqual([
      [40_960, 262_144],
      [40_960, 262_144],
      [40_960, 262_144],
      [16_384, 32_768],
      [32_768, 131_072],
    ])
    for (const [earlier, later] of pairs)
      expect(requireModel(catalogue, later).parametersB).toBe(requireModel(catalogue, earlier).parametersB)
  })

  it('has the numbers that arithmetic divides by', () => {
    for (const model of catalogue.models) {
      expect(model.layers, model.name).toBeGreaterThan(0)
      expect(model.hidden, model.name).toBeGreaterThan(0)
      expect(model.kvHeads, model.name).toBeGreaterThan(0)
      expect(model.heads % model.kvHeads, model.name).toBe(0)
      expect(model.shape.layers.flatMap(({ caches }) => caches).length, model.name).toBeGreaterThan(0)
    }
  })

  it('computes the same KV bytes as the published configuration of grouped-query models', () => {
    const indexes = (model: Model) =>
      model.shape.layers.some(({ caches }) => caches.some(({ kind }) => kind === 'indexer'))
    for (const model of catalogue.models.filter((each) => each.attention === 'grouped' && !indexes(each)))
      expect(model.kvBytesPerToken, model.name).toBe(
        2 * 2 * model.kvHeads * model.headDim * model.fullAttentionLayers,
      )
  })

  it('names the base of every variant, and never a variant of a variant', () => {
    for (const { name, variantOf } of catalogue.models) {
      if (variantOf === null) continue
      const base = catalogue.models.find((model) => model.name === variantOf)
      expect(base, `${name} -> ${variantOf}`).toBeDefined()
      expect(base?.variantOf).toBeNull()
    }
  })

  it('knows which accelerator a price is for', () => {
    const h100 = catalogue.gpuPrices.filter(({ accelerator }) => accelerator === 'h100_sxm')
    expect(h100.length).toBeGreaterThan(10)
    const lambda = h100.find(({ provider, item }) => provider === 'Lambda' && item.startsWith('8x'))
    expect(lambda).toMatchObject({ usdPerHour: 3.99, instanceSize: 8, offer: 'list' })
    const unknown = catalogue.gpuPrices.filter(({ accelerator }) => accelerator === null)
    expect(unknown.map(({ item }) => item)).toEqual(
      expect.arrayContaining(['1x GH200 96GB', 'H100 NVL 94GB', 'RTX 3090 24GB']),
    )
  })
})

describe('looking up a name', () => {
  it('does not mind case, punctuation or the publisher', () => {
    for (const written of ['llama 3.1 8b', 'meta-llama/Llama-3.1-8B', 'META-LLAMA-3.1-8B'])
      expect(requireModel(catalogue, written).name).toBe('meta-llama/Meta-Llama-3.1-8B')
    for (const written of ['H100', 'h100 sxm', 'H100-SXM5', 'HGX H100'])
      expect(requireAccelerator(catalogue, written).name).toBe('h100_sxm')
  })

  it('says what was probably meant', () => {
    expect(() => requireModel(catalogue, 'Qwen3-33B')).toThrow('Did you mean "Qwen/Qwen3-32B"')
    expect(() => requireAccelerator(catalogue, 'h1000_sxm')).toThrow('Did you mean "h100_sxm"')
    expect(() => requireModel(catalogue, 'zzzzzzzzzzzzzzzz')).toThrow('llm-architect models')
  })
})

describe('prices of hosted APIs', () => {
  it('come from the package, with cached input', () => {
    const priced = priceOf(catalogue, { provider: 'openai', model: 'gpt-4.1-mini' })
    expect(priced?.price).toEqual({ input: 0.4, cachedInput: 0.1, output: 1.6 })
    expect(priced?.contextTokens).toBe(1_000_000)
    expect(priced?.source.origin).toContain('genai-prices')
  })

  it('come from our own rows where the package has none', () => {
    const priced = priceOf(catalogue, { provider: 'fireworks', model: 'gpt-oss-120b' })
    expect(priced?.price).toEqual({ input: 0.15, cachedInput: 0.07, output: 0.6 })
    expect(priced?.source.date).toBe('2026-08-21')
  })

  it('follow the tiers of long prompts', () => {
    const short = priceOf(catalogue, { provider: 'anthropic', model: 'claude-sonnet-4-5', inputTokens: 1000 })
    const long = priceOf(catalogue, {
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      inputTokens: 250_000,
    })
    expect(short?.price.input).toBe(3)
    expect(long?.price.input).toBe(6)
  })

  it('are null for what nobody sells', () => {
    expect(priceOf(catalogue, { provider: 'openai', model: 'no-such-model' })).toBeNull()
    expect(priceOf(catalogue, { provider: 'nobody', model: 'gpt-4.1' })).toBeNull()
  })

  it('exist for every hosted model of the catalogue', () => {
    for (const { provider, model } of catalogue.hostedModels)
      expect(priceOf(catalogue, { provider: provider.id, model }), `${provider.id}/${model}`).not.toBeNull()
  })
})
