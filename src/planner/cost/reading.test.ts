// Embedding, reranking, ingest by a day, training, and documents longer than the context. Arithmetic written out.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { createRenderer, hoursPerMonth } from '../../core/index.js'
import { requirementsOf, scaleOf } from '../__fixtures__/requirements-of.js'
import { deriveWorkload } from '../assessment/workload.js'
import { costConflicts } from './cost-conflicts.js'
import { costMessages } from './cost-messages.js'
import { acceleratorRange, encoders, tokensPerSecondOfAccelerator, tokensPerSecondOfCore } from './encoder.js'
import { planIngest } from './ingest-plan.js'
import { longDocumentStrategies } from './long-documents.js'
import { marketOf } from './market.js'
import { systemLines } from './system-lines.js'
import { planTraining } from './training-plan.js'

const catalogue = loadCatalogue()
const efficiency = 0.5
const { found: l4 } = catalogue.lookUpAccelerator('L4')
const { found: h100 } = catalogue.lookUpAccelerator('H100 SXM')
if (!l4 || !h100) throw new Error('The catalogue lost its accelerators.')

const useCase = (knowledge: Record<string, unknown>) => ({
  kind: 'rag-qa',
  description: 'x',
  knowledge: { source: './documents', ...knowledge },
})

describe('encoders', () => {
  it('read on a core as 16 cores were measured to, by weights', () => {
    // 12 x 12 x 384^2 = 21.2 million weights at 1.15 million tokens / 100.5 s / 16 = 715/s; 24 x 1,024 is 14.2 times that.
    expect(encoders.small.parametersB * 1e3).toBeCloseTo(21.23, 2)
    expect(tokensPerSecondOfCore(encoders.small.parametersB)).toBeCloseTo(1.15e6 / 100.5 / 16, 0)
    expect(tokensPerSecondOfCore(encoders.large.parametersB)).toBeCloseTo(715 / 14.22, 0)
  })

  it.each([
    // tokens/s of one accelerator with a server in front, as published; sources in encoder.ts
    { measured: 62_100, on: 'L4', parametersB: 0.302, by: 'bge-large, text-embeddings-inference' },
    { measured: 49_500, on: 'L4', parametersB: 0.302, by: 'bge-large, TensorRT' },
    { measured: 230_000, on: 'A10G', parametersB: 0.0849, by: 'arctic-embed-m, vLLM' },
    { measured: 60_000, on: 'A100 PCIe', parametersB: 0.302, by: 'bge-m3, text-embeddings-inference' },
    { measured: 110_000, on: 'V100', parametersB: 0.0106, by: 'MiniLM, sentence-transformers' },
  ])('read $on with $by inside the range', ({ measured, on, parametersB }) => {
    const { found } = catalogue.lookUpAccelerator(on)
    if (!found) throw new Error(`The catalogue lost ${on}.`)
    const range = acceleratorRange(parametersB, found, efficiency)
    expect(measured).toBeGreaterThanOrEqual((range?.low ?? Number.POSITIVE_INFINITY) * 0.99)
    expect(measured).toBeLessThanOrEqual((range?.high ?? 0) * 1.01)
  })

  it('are fed no faster on a larger chip, while a language model is not held to an encoder', () => {
    const { small, large } = encoders
    expect(tokensPerSecondOfAccelerator(small.parametersB, h100, efficiency)).toBe(160_000)
    // A guard model of 8 billion: 989 TFLOP/s x 0.5 / 16 billion = 30,906; 33,000 were measured with Qwen3-Embedding-8B
    // (https://www.tensoreconomics.com/p/why-are-embeddings-so-cheap).
    expect(tokensPerSecondOfAccelerator(8, h100, efficiency)).toBeCloseTo(30_906, 0)
    expect(tokensPerSecondOfAccelerator(large.parametersB, l4, efficiency)).toBeCloseTo(40_067, -2)
  })
})

describe('20 million documents by a deadline', () => {
  const requirements = requirementsOf({
    useCase: useCase({ documents: 20e6, tokensPerDocument: 800, ingestDays: 5, embeddings: 'large' }),
  })
  const rentable = [{ accelerator: h100, usdPerHour: 3, most: Number.POSITIVE_INFINITY }]
  const apis = [{ name: 'an-api', usdPerMillionTokens: 0.02 }]
  const plan = planIngest(requirements, { rentable, apis, cores: true, efficiency })
  const way = (kind: string) => plan?.ways.find((each) => each.kind === kind)
  const tokens = 20e6 * 800

  it('takes so many accelerators', () => {
    // The H100 is fed 160,000 tokens/s, 110,000 at worst: 16 billion are 27.8 hours, 40.4 at worst: one is in time.
    const hours = tokens / 160_000 / 3600
    expect(hours).toBeCloseTo(27.8, 1)
    expect(way('accelerators')).toMatchObject({ count: 1, inTime: true })
    expect(way('accelerators')?.usd).toBeCloseTo(hours * 3, 4)
    expect(way('accelerators')?.highUsd).toBeCloseTo((hours * 3 * 160) / 110, 4)
  })

  it('takes so many cores', () => {
    // 16e9 / (715 / 14.22 a second) = 88,400 core-hours, and 110,100 at worst, over 120 hours: 918 cores.
    const hours = tokens / tokensPerSecondOfCore(encoders.large.parametersB) / 3600
    expect(way('cores')?.count).toBe(Math.ceil((hours * 715) / 574 / 120))
    expect(way('cores')?.count).toBe(918)
    expect(way('cores')?.usd).toBeCloseTo(hours * 0.0408, 4)
  })

  it('costs so much at an API, and fills so much memory', () => {
    expect(way('api')?.usd).toBeCloseTo(16_000 * 0.02, 6)
    // 62.5 million passages of 256 tokens x 1,024 x 4 bytes = 238.4 GiB.
    expect(plan?.vectorsGiB).toBeCloseTo(((16e9 / 256) * 4096) / 1024 ** 3, 3)
    expect(plan?.ways[0]?.kind).toBe('accelerators')
  })

  it('is impossible on two small cards in an hour, which is a contradiction', () => {
    const owned = requirementsOf({
      useCase: useCase({ documents: 20e6, tokensPerDocument: 800, ingestDays: 0.04, embeddings: 'large' }),
      hosting: { owned: [{ accelerator: 'L4', count: 2 }], ownedOnly: true, allowed: ['self-hosted'] },
    })
    expect(costConflicts(owned, catalogue, efficiency).map(({ message }) => message.code)).toEqual([
      'planner.ingest-too-slow',
    ])
    const slow = requirementsOf({
      useCase: useCase({ documents: 20e6, tokensPerDocument: 800, ingestDays: 30, embeddings: 'large' }),
      hosting: { owned: [{ accelerator: 'L4', count: 2 }], ownedOnly: true, allowed: ['self-hosted'] },
    })
    expect(costConflicts(slow, catalogue, efficiency)).toEqual([])
  })

  it('is planned only where vectors are asked for', () => {
    const none = requirementsOf({ useCase: useCase({ documents: 20e6 }) })
    expect(planIngest(none, { rentable, apis, cores: true, efficiency })).toBeNull()
  })
})

describe('the system beside the model', () => {
  const linesOf = (sections: Parameters<typeof requirementsOf>[0]) => {
    const requirements = requirementsOf(sections)
    return systemLines({
      requirements,
      workload: deriveWorkload(requirements),
      ...marketOf(requirements, catalogue),
      efficiency,
    })
  }

  it('has a gateway of one core for 150 requests/s, twice where one may fail', () => {
    const scale = scaleOf({ peakRequestsPerSecond: 400 })
    const [gateway] = linesOf({ scale })
    // ceil(400 / 150) = 3 cores, 6 with the spare, x $0.0408 x 730.5.
    expect(gateway?.usdPerMonth).toBeCloseTo(6 * 0.0408 * hoursPerMonth, 4)
    const [alone] = linesOf({ scale, availability: { survivesReplicaLoss: false } })
    expect(alone?.usdPerMonth).toBeCloseTo(3 * 0.0408 * hoursPerMonth, 4)
  })

  it('names no price for the cores of machines that are owned', () => {
    const [gateway] = linesOf({
      hosting: { owned: [{ accelerator: 'L4', count: 2 }], ownedOnly: true, allowed: ['self-hosted'] },
    })
    expect(gateway?.usdPerMonth).toBe(0)
    const basis = gateway && createRenderer(costMessages)(gateway.basis, 'en')
    expect(basis).toBe(
      '2 cores of the machines that are there, paid for already, for 2 requests/s, of 150 that one carried in the soak test',
    )
  })

  it('embeds questions by the cheaper of cores and an API', () => {
    const lines = linesOf({ useCase: useCase({ documents: 10, embeddings: 'small' }) })
    const { requestsPerMonth } = deriveWorkload(requirementsOf())
    // 2 requests/s x 64 tokens: one core and its spare cost $59.6; 337 million tokens x $0.02 = $6.73.
    expect(lines.find(({ id }) => id === 'query-embedding')?.usdPerMonth).toBeCloseTo(
      ((requestsPerMonth * 64) / 1e6) * 0.02,
      4,
    )
    const inEurope = linesOf({
      useCase: useCase({ documents: 10, embeddings: 'small' }),
      hosting: { allowed: ['self-hosted'] },
    })
    expect(inEurope.find(({ id }) => id === 'query-embedding')?.usdPerMonth).toBeCloseTo(
      2 * 0.0408 * hoursPerMonth,
      4,
    )
  })

  it('reranks on an accelerator when cores would be a thousand times too slow', () => {
    const lines = linesOf({ useCase: useCase({ documents: 10, rerank: true }) })
    const basis = lines.find(({ id }) => id === 'rerank')?.basis
    // 20 passages x (256 + 64) tokens x 2 a second = 12,800 tokens/s: 261 cores at 70 %, or one accelerator.
    expect(basis?.params.tokens).toBe(6400)
    expect(basis?.params.name).not.toBe('vCPU')
    expect(basis?.params.count).toBe(2)
  })

  it('embeds again what changes', () => {
    const lines = linesOf({
      useCase: useCase({
        documents: 1e6,
        tokensPerDocument: 1000,
        changedPerMonthShare: 0.1,
        embeddings: 'small',
      }),
    })
    // 100 million tokens / 715 a second: 38.9 core-hours x $0.0408 = $1.59, less than the API's $2.
    expect(lines.find(({ id }) => id === 'document-embedding')?.usdPerMonth).toBeCloseTo(
      (1e8 / 715 / 3600) * 0.0408,
      4,
    )
  })

  it('costs nothing more where only owned hardware may be used', () => {
    const hosting = { owned: [{ accelerator: 'L4', count: 2 }], ownedOnly: true, allowed: ['self-hosted'] }
    expect(linesOf({ hosting }).map(({ usdPerMonth }) => usdPerMonth)).toEqual([0])
  })
})

describe('training', () => {
  const options = {
    parametersB: 8,
    activeParametersB: 8,
    tokens: 30e6,
    accelerator: h100,
    usdPerHour: 3,
  }

  it('takes 6 operations for all weights and 4 for an adapter', () => {
    // 6 x 8e9 x 30e6 = 1.44e18 at 989e12 x 0.35: 4,160 s = 1.156 hours.
    const full = planTraining({ ...options, method: 'full' })
    const lora = planTraining({ ...options, method: 'lora' })
    const seconds = (6 * 8e9 * 30e6) / (989e12 * 0.35)
    // 16 bytes x 8 billion = 128 GB over 0.8 x 80 GiB: two; half an hour around it on each.
    expect(full?.accelerators).toBe(2)
    expect(full?.acceleratorHours).toBeCloseTo(seconds / 3600 + 2 * 0.5, 6)
    expect(lora?.accelerators).toBe(1)
    expect(lora?.acceleratorHours).toBeCloseTo(((seconds / 3600) * 4) / 6 + 0.5, 6)
    expect(lora?.usd).toBeCloseTo((lora?.acceleratorHours ?? 0) * 3, 6)
  })

  it('fits a large model in 4 bits on one card', () => {
    // 65 billion x 0.65 bytes = 42 GB.
    const seventy = { ...options, parametersB: 65, activeParametersB: 65 }
    expect(planTraining({ ...seventy, method: 'qlora' })?.accelerators).toBe(1)
    expect(planTraining({ ...seventy, method: 'lora' })?.accelerators).toBe(2)
  })
})

describe('documents longer than the context', () => {
  const requirements = requirementsOf({
    useCase: useCase({ documents: 100, tokensPerDocument: 60_000 }),
    scale: scaleOf({
      lengths: {
        inputTokens: { p50: 3000, p95: 6000 },
        outputTokens: { p50: 300, p95: 600 },
        sharedPrefixTokens: 300,
      },
    }),
  })
  const price = (changed: typeof requirements) => ({
    candidate: 'x',
    usdPerMonth: (changed.scale.peakRequestsPerSecond * changed.scale.lengths.inputTokens.p50) / 1000,
    e2eP90Ms: 1000,
  })

  it('are retrieved from, read in parts, or read whole', () => {
    const found = longDocumentStrategies({
      requirements,
      contextTokens: 8000,
      priceChosen: price,
      priceAny: price,
    })
    expect(found.map(({ kind }) => kind)).toEqual(['retrieve', 'map-reduce', 'long-context'])
    const [retrieve, reduce, whole] = found
    // A question of 300 + 200 tokens and six passages of 256.
    expect(retrieve?.inputTokensPerRequest).toBe(500 + 1536)
    // 60,000 / (8,000 x 0.75) = 10 parts of 6,000 + 500, then 500 + 10 notes of 300: 68,500 tokens in 11 calls.
    expect(reduce).toMatchObject({ calls: 11, inputTokensPerRequest: 10 * 6500 + 3500 })
    expect(reduce?.e2eP90Ms).toBe(2000)
    expect(whole?.inputTokensPerRequest).toBe(60_500)
    // The same tokens cost the same, however they are cut: 2 requests/s x 68,500.
    expect(reduce?.usdPerMonth).toBeCloseTo((2 * 68_500) / 1000, 6)
  })

  it('need no strategy when they fit', () => {
    expect(
      longDocumentStrategies({ requirements, contextTokens: 128_000, priceChosen: price, priceAny: price }),
    ).toEqual([])
  })
})

describe('contradictions of money and capacity', () => {
  const codesOf = (sections: Parameters<typeof requirementsOf>[0]) =>
    costConflicts(requirementsOf(sections), catalogue, efficiency).map(({ message }) => message.code)

  it('are noticed', () => {
    expect(codesOf({})).toEqual([])
    expect(codesOf({ availability: { scaleToZero: true, minReplicas: 2 } })).toEqual([
      'planner.zero-and-least',
      'planner.zero-never',
    ])
    expect(codesOf({ availability: { survivesReplicaLoss: false }, hosting: { spot: true } })).toEqual([
      'planner.spot-without-spare',
    ])
    expect(codesOf({ scale: scaleOf({ weeklyCurve: [0.5, 0.5, 0.5, 0.5, 0.5, 0, 0] }) })).toEqual([
      'planner.week-without-peak',
    ])
    expect(codesOf({ budget: { electricity: { usdPerKwh: 0.2 } } })).toEqual([
      'planner.electricity-without-hardware',
    ])
  })
})
