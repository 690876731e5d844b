import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { type Architecture, formatArchitecture, parseArchitecture } from '../../spec/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { deriveWorkload } from '../assessment/workload.js'
import { design } from '../design.js'
import type { StepModel } from '../speed/roofline.js'
import { packStages, sharedSteps } from './pack.js'
import { stagesOf } from './stages.js'

const catalogue = loadCatalogue()
const l4 = catalogue.lookUpAccelerator('l4').found
if (!l4) throw new Error('not in the catalogue')
const rag = {
  useCase: {
    kind: 'rag-qa',
    description: 'Answers from documents.',
    knowledge: { source: './documents', documents: 1000, embeddings: 'large', rerank: true },
  },
  safety: { guardModelParametersB: 0.3 },
}
const card = { accelerator: l4, totalGiB: 22, utilisation: 0.92 }
const parts = { weightsMs: 9, cacheMs: 0, exchangeMs: 0, overheadMs: 0, sequenceMs: 0 }
const offers = { rentable: [{ accelerator: l4, usdPerHour: 0.8, most: 100 }], efficiency: 0.5 }
const stagesFor = (sections: Record<string, unknown>, withOffers = offers) => {
  const requirements = requirementsOf(sections)
  return stagesOf(requirements, deriveWorkload(requirements), withOffers)
}
const wholeDesign = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue })
}
const designed = (sections: Record<string, unknown>) => wholeDesign(sections).report

describe('the stages before the chat model', () => {
  it('have their load worked out: tokens of a request x requests', () => {
    const [embedding, rerank, guard] = stagesFor({ ...rag, scale: scaleOf({ peakRequestsPerSecond: 10 }) })
    // 20 passages of 256 tokens, each beside a question of 64: 6,400 tokens a request
    expect(embedding).toMatchObject({ id: 'query-embedding', tokensPerRequest: 64, tokensPerSecond: 640 })
    expect(rerank).toMatchObject({ id: 'rerank', tokensPerRequest: 6400, tokensPerSecond: 64_000 })
    expect(guard?.id).toBe('guard-model')
  })

  it('move from cores to an accelerator when only that is in time', () => {
    const targets = [targetOf('ttft', 2000)]
    const [, free] = stagesFor({ ...rag, scale: scaleOf({ peakRequestsPerSecond: 0.01 }) })
    const [, timed] = stagesFor({
      ...rag,
      scale: scaleOf({ peakRequestsPerSecond: 0.01 }),
      performance: { targets },
    })
    // One core reads 715 x 21.2 / 302 = 50.3 tokens/s: 127 s a request. 500 ms of the 2 s may be taken, which on an L4
    // is 6400 x 2 x 0.302 / (121,000 x 0.2) = 160 ms.
    expect(free?.supply.on).toBe('cores')
    expect(free?.msPerRequest).toBeCloseTo(127_300, -3)
    expect(timed?.supply).toMatchObject({ on: 'accelerators', inTime: true })
    expect(timed?.msPerRequest).toBeCloseTo(160, 0)
  })

  it('are named as the bottleneck: accelerators for the chat model would not help', () => {
    const report = designed({
      ...rag,
      models: { allowed: ['Llama-3.1-8B-Instruct'] },
      hosting: {
        allowed: ['self-hosted'],
        owned: [{ accelerator: 'cpu-host', count: 4, memoryGiB: 64, bandwidthGBps: 200, tflops: 2 }],
        ownedOnly: true,
      },
      availability: { survivesReplicaLoss: false },
      scale: scaleOf({ peakRequestsPerSecond: 0.005 }),
      performance: { targets: [targetOf('ttft', 3000)] },
    })
    expect(report.chosen).toBeNull()
    expect(report.reasons.map(({ code }) => code)).toContain('planner.stage-too-slow')
  })
})

describe('several models on one card', () => {
  it('add up their memory and their time', () => {
    const stages = stagesFor({ ...rag, scale: scaleOf({ peakRequestsPerSecond: 1 }) })
    const packing = packStages(stages, { ...card, replicas: 2, efficiency: 0.5 })
    const tokens = deriveWorkload(requirementsOf({}))
    // Tokens x 2 x weights over 121,000 x 0.2 Gflop/s and 2 replicas: (64 + 6,400) x 0.604 and 1,350 x 0.6.
    const guarded = tokens.inputTokens.mean + tokens.outputTokens.mean
    expect(packing?.timeShare).toBeCloseTo((6464 * 0.604 + guarded * 0.6) / 24_200 / 2, 3)
    // (0.302 + 0.256) x 2 bytes = 1.04 GiB twice, 0.56 GiB for the guard, and a GiB for each process
    expect(packing?.memoryGiB).toBeCloseTo(1.04 * 2 + 0.56 + 3, 1)
  })

  it('slow every step by the share of time that the others take', () => {
    const steps: StepModel = {
      decodeAt: () => () => 9,
      partsAt: () => () => parts,
      prefillMs: () => 90,
      requestOverheadMs: 1,
      interference: 0.5,
      attentionGroups: 1,
    }
    const packing = {
      stages: [],
      memoryGiB: 0,
      shares: {},
      chatShare: 0.92,
      timeShare: 0.1,
      savedUsdPerMonth: 0,
    }
    expect(sharedSteps(steps, packing).decodeAt(100)(1)).toBeCloseTo(10, 9)
    expect(sharedSteps(steps, packing).prefillMs(1000)).toBeCloseTo(100, 9)
  })

  it('are left apart when they would take half of the card', () => {
    const stages = stagesFor({ ...rag, scale: scaleOf({ peakRequestsPerSecond: 20 }) })
    expect(packStages(stages, { ...card, replicas: 1, efficiency: 0.5 })).toBeNull()
  })

  const roomy = wholeDesign({
    ...rag,
    models: { allowed: ['Llama-3.1-8B-Instruct'] },
    hosting: { allowed: ['self-hosted'] },
    performance: { targets: [targetOf('ttft', 2000)] },
  })

  it('win where the accelerator of the chat model has time and room to spare', () => {
    const { report } = roomy
    const { chosen } = report
    expect(chosen?.packing?.stages).toEqual(['query-embedding', 'rerank', 'guard-model'])
    const apart = report.candidates.find(({ id }) => id === chosen?.id.replace(' packed', ''))
    expect(chosen?.memory?.kvPoolGiB).toBeLessThan(apart?.memory?.kvPoolGiB ?? 0)
    expect(chosen?.packing?.savedUsdPerMonth).toBeGreaterThan(0)
    expect(report.reasons.map(({ code }) => code)).toContain('planner.stage-packed')
  })

  it('stand in the architecture, each told its share, and take together what the chat model would alone', () => {
    const { architecture, launches, report } = roomy
    const shareOf = (command: readonly string[]) =>
      Number(command[command.indexOf('--gpu-memory-utilization') + 1])
    const placed = (architecture?.deployments ?? []).map(({ id, kind, hardware, launch }) => ({
      id,
      kind,
      host: hardware?.sharesWith,
      share: hardware?.memoryShare ?? Number.NaN,
      told: shareOf(launch?.command ?? []),
    }))
    const chat = placed.at(-1)
    expect(placed.map(({ kind }) => kind)).toEqual(['embedding', 'rerank', 'chat'])
    expect(placed.map(({ host }) => host)).toEqual([chat?.id, chat?.id, undefined])
    expect(placed.map(({ told }) => told)).toEqual(placed.map(({ share }) => share))
    // 0.92, less what is kept for the guard model, which no requirement names.
    const packing = report.chosen?.packing
    const guard = packing?.shares['guard-model'] ?? Number.NaN
    expect(placed.reduce((sum, { told }) => sum + told, guard)).toBeCloseTo(0.92, 9)
    // Each share holds its stage: (0.302 + 0.256) x 2 bytes and a GiB.
    const totalGiB = report.chosen?.memory?.totalGiB ?? 0
    expect((packing?.shares.rerank ?? 0) * totalGiB).toBeGreaterThanOrEqual(2.04)
    expect(architecture?.knowledge[0]).toMatchObject({
      embeddings: { deployment: placed[0]?.id, dimensions: 1024 },
      rerank: { deployment: placed[1]?.id },
    })
    expect(parseArchitecture(formatArchitecture(architecture as Architecture))).toEqual(architecture)
    expect(launches.map(({ deployment }) => deployment)).toEqual(placed.map(({ id }) => id))
    const problems = launches.flatMap(({ settings }) =>
      settings.flatMap(({ validation }) => validation.problem ?? []),
    )
    expect(problems).toEqual([])
  })
})
