import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { formatArchitecture, parseArchitecture } from '../../spec/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { architectureOf } from '../architecture/architecture-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { kvTransferMs } from './disaggregated.js'
import type { Candidate } from './report.js'
import { whyNot } from './why-not.js'

const catalogue = loadCatalogue()
const designed = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue }).report
}
const only = (model: string, accelerator: string, count: number) => ({
  models: { allowed: [model] },
  hosting: { allowed: ['self-hosted'], owned: [{ accelerator, count }], ownedOnly: true },
})
const byId = (candidates: readonly Candidate[], id: string) => {
  const found = candidates.find((candidate) => candidate.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

describe('a KV cache in fp8', () => {
  const long = scaleOf({
    peakRequestsPerSecond: 4,
    lengths: { inputTokens: { p50: 200, p95: 300 }, outputTokens: { p50: 3000, p95: 6000 } },
  })

  it('holds twice the sequences of a model whose layers all keep keys and values', () => {
    const { candidates } = designed({ ...only('Llama-3.1-8B-Instruct', 'l40s', 64), scale: long })
    const plain = byId(candidates, 'meta-llama/Meta-Llama-3.1-8B bf16 vllm owned-l40s tp1')
    const half = byId(candidates, `${plain.id} kv-fp8`)
    expect(half.memory?.maxSequences).toBeCloseTo(2 * (plain.memory?.maxSequences ?? 0), -1)
    expect(half.replicas?.serving).toBeLessThan(plain.replicas?.serving ?? 0)
    // 48.3 x 0.98
    expect(half.qualityScore?.value).toBeCloseTo(47.3, 1)
  })

  it('is not looked at where one replica carries the peak, and says so', () => {
    const report = designed(only('Llama-3.1-8B-Instruct', 'h100_sxm', 8))
    const plain = 'meta-llama/Meta-Llama-3.1-8B bf16 vllm owned-h100_sxm tp1'
    expect(byId(report.candidates, plain).replicas?.serving).toBe(1)
    expect(report.candidates.some(({ id }) => id === `${plain} kv-fp8`)).toBe(false)
    expect(whyNot(report, `${plain} kv-fp8`)[0]?.code).toBe('planner.half-kv-needless')
  })

  it('is not offered by chips without fp8', () => {
    const { candidates } = designed({ ...only('Llama-3.1-8B-Instruct', 'a100_sxm', 64), scale: long })
    expect(candidates.some(({ kvDtype }) => kvDtype === 'fp8')).toBe(false)
  })
})

describe('attention groups over shared experts', () => {
  it('multiply the room of a latent cache, which tensor parallelism copies', () => {
    const { candidates } = designed({
      ...only('deepseek-ai/DeepSeek-V3', 'h200_sxm', 8),
      scale: scaleOf({ peakRequestsPerSecond: 60 }),
    })
    const id = 'deepseek-ai/DeepSeek-V3 fp8 vllm owned-h200_sxm'
    const copied = byId(candidates, `${id} tp8`)
    const grouped = byId(candidates, `${id} tp1dp8ep`)
    expect(grouped.memory?.maxSequences).toBeGreaterThan(2 * (copied.memory?.maxSequences ?? 0))
    // Each group has all that is not an expert: more weights, smaller pool.
    expect(grouped.memory?.weightsGiB).toBeGreaterThan(copied.memory?.weightsGiB ?? 0)
    expect(grouped.memory?.kvPoolGiB).toBeLessThan(copied.memory?.kvPoolGiB ?? 0)
  })
})

describe('heads that do not split', () => {
  it('close a width once for all hardware', () => {
    const report = designed({ ...only('Qwen/Qwen2.5-7B-Instruct', 'h100_sxm', 8) })
    // 28 heads over 8
    expect(whyNot(report, 'Qwen/Qwen2.5-7B-Instruct bf16 vllm owned-h100_sxm tp8')[0]).toMatchObject({
      code: 'planner.heads-do-not-split',
      params: { heads: 28, width: 8 },
    })
  })
})

describe('blocks of weights that share a scale', () => {
  it('are not cut where engines refuse it, but by groups that keep experts whole', () => {
    const { candidates } = designed({ ...only('Qwen/Qwen3-235B-A22B-Instruct-2507', 'h200_sxm', 8) })
    const published = candidates.filter(
      ({ checkpoint }) => checkpoint === 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
    )
    const layouts = (engine: string) =>
      published.filter((candidate) => candidate.engine === engine).flatMap(({ layout }) => layout ?? [])
    for (const engine of ['vllm', 'sglang']) {
      const tried = layouts(engine)
      // 1,536 / 8 = 192, no multiple of 128; 1,536 / 4 = 384 is one.
      expect(tried.some(({ tensorParallel }) => tensorParallel === 8)).toBe(false)
      expect(tried.some(({ tensorParallel }) => tensorParallel === 4)).toBe(true)
      for (const { dataParallel = 1, tensorParallel, expertParallel } of tried)
        if (dataParallel * tensorParallel === 8 && dataParallel > 1) expect(expertParallel).toBe(true)
    }
    expect(layouts('trtllm').some(({ tensorParallel }) => tensorParallel === 8)).toBe(true)
    const closed = published.find(
      ({ violations }) => violations[0]?.reason.code === 'planner.blocks-do-not-split',
    )
    expect(closed?.violations[0]?.reason.params).toMatchObject({ width: 8, part: 192, blockWidth: 128 })
  })
})

describe('speculation', () => {
  it('is planned with only where its acceptance was measured', () => {
    const base = only('Llama-3.1-8B-Instruct', 'h100_sxm', 8)
    expect(designed(base).candidates.some(({ speculation }) => speculation)).toBe(false)
    const speculation = [{ model: 'Llama-3.1-8B-Instruct', method: 'ngram', tokens: 3, acceptance: 0.7 }]
    const { candidates } = designed({ ...base, models: { ...base.models, speculation } })
    const plain = byId(candidates, 'meta-llama/Meta-Llama-3.1-8B bf16 vllm owned-h100_sxm tp1')
    const drafted = byId(candidates, `${plain.id} spec3`)
    expect(drafted.latency?.tpotP90Ms.value).toBeLessThan(plain.latency?.tpotP90Ms.value ?? 0)
  })
})

describe('prompts and answers on replicas of their own', () => {
  const heavy = {
    models: { allowed: ['Llama-3.1-70B-Instruct'] },
    hosting: { allowed: ['self-hosted'], owned: [{ accelerator: 'h100_sxm', count: 400 }], ownedOnly: true },
    scale: scaleOf({
      peakRequestsPerSecond: 20,
      lengths: { inputTokens: { p50: 3000, p95: 6000 }, outputTokens: { p50: 300, p95: 600 } },
    }),
    performance: { targets: [targetOf('ttft', 3000), targetOf('tpot', 30)] },
  }

  const { candidates } = designed(heavy)

  it('are chosen where a router comes with the engine, and else shown with what is missing', () => {
    const missing = (engine: string) =>
      candidates
        .filter((candidate) => candidate.disaggregation && candidate.engine === engine)
        .map(({ violations }) => violations.some(({ constraint }) => constraint === 'disaggregation'))
    expect(new Set(missing('sglang'))).toEqual(new Set([false]))
    expect(new Set(missing('vllm'))).toEqual(new Set([true]))
    const ofSglang = candidates.filter(
      ({ engine, violations }) => engine === 'sglang' && violations.length === 0,
    )
    const apart = ofSglang.filter(({ disaggregation }) => disaggregation)
    expect(apart.length).toBeGreaterThan(0)
    // Here they need fewer accelerators than any that serve together.
    const fewest = (of: readonly Candidate[]) => Math.min(...of.map(({ accelerators }) => accelerators))
    expect(fewest(apart)).toBeLessThanOrEqual(
      fewest(ofSglang.filter(({ disaggregation }) => !disaggregation)),
    )
  })

  it('stand in the architecture as two engines and the router in front of them', () => {
    const candidate = candidates.find(({ engine, disaggregation }) => engine === 'sglang' && disaggregation)
    if (!candidate?.disaggregation) throw new Error('no separate pools')
    const { architecture, launches } = architectureOf({
      candidate,
      requirements: requirementsOf(heavy),
      taskModels: [],
      catalogue,
      contextTokens: 6600,
    })
    const [prefill, decode, router] = architecture.deployments
    const { prefillReplicas, decodeReplicas } = candidate.disaggregation
    const spare = (candidate.replicas?.spare ?? 0) / 2
    expect(prefill?.hardware?.replicas).toBe(prefillReplicas + spare)
    expect(decode?.hardware?.replicas).toBe(decodeReplicas + spare)
    const wordAfter = (command: readonly string[] = [], flag: string) => command[command.indexOf(flag) + 1]
    for (const [pool, role] of [
      [prefill, 'prefill'],
      [decode, 'decode'],
    ] as const) {
      const command = pool?.launch?.command
      expect(wordAfter(command, '--disaggregation-mode')).toBe(role)
      expect(`http://127.0.0.1:${wordAfter(command, '--port')}/v1`).toBe(pool?.address)
      expect(`${wordAfter(router?.launch?.command, `--${role}`)}/v1`).toBe(pool?.address)
    }
    // The cards of one are not those of the other.
    expect(wordAfter(decode?.launch?.command, '--base-gpu-id')).toBe(String(prefill?.hardware?.count))
    expect(architecture.routes[0]?.strategy).toEqual({ deployment: router?.id })
    expect(parseArchitecture(formatArchitecture(architecture))).toEqual(architecture)
    const engines = launches.filter(({ deployment }) => deployment !== router?.id)
    const problems = engines.flatMap(({ settings }) =>
      settings.flatMap(({ validation }) => validation.problem ?? []),
    )
    expect(problems).toEqual([])
  })

  it('are sized apart, and only where they need no more accelerators than together', () => {
    const apart = candidates.filter(({ disaggregation }) => disaggregation)
    expect(apart.length).toBeGreaterThan(0)
    for (const { id, disaggregation, replicas, accelerators, targets } of apart) {
      const together = byId(candidates, id.replace(/ pd\d+\+\d+$/, ''))
      expect((disaggregation?.prefillReplicas ?? 0) + (disaggregation?.decodeReplicas ?? 0)).toBe(
        replicas?.serving,
      )
      expect(accelerators).toBeLessThanOrEqual(together.accelerators)
      for (const { met } of targets) expect(met).not.toBe('no')
    }
  })

  it('pay for the cache that is sent between them', () => {
    const model = catalogue.lookUpModel('Llama-3.1-70B-Instruct').found
    const accelerator = catalogue.lookUpAccelerator('h100_sxm').found
    if (!model || !accelerator) throw new Error('not in the catalogue')
    const workload = { inputTokens: { mean: 4000 } }
    const ms = kvTransferMs(
      { model, supply: { accelerator }, layout: { tensorParallel: 4, pipelineParallel: 1 } } as never,
      { workload } as never,
    )
    // 4000 x 320 KiB = 1.31 GB; 4 accelerators with 50 GB/s each: 6.55 ms
    expect(ms).toBeCloseTo(6.55, 1)
  })

  it('are not looked at for a handful of replicas: a pool with a spare each needs four', () => {
    const { candidates } = designed(only('Llama-3.1-8B-Instruct', 'h100_sxm', 8))
    expect(candidates.some(({ disaggregation }) => disaggregation)).toBe(false)
  })
})

describe('a processor without a network', () => {
  it('is planned for by its measured figures, with llama.cpp', () => {
    const report = designed({
      models: { allowed: ['Qwen/Qwen3-1.7B', 'Qwen/Qwen3-0.6B'] },
      hosting: {
        allowed: ['self-hosted'],
        ownedOnly: true,
        owned: [{ accelerator: 'kiosk', count: 1, memoryGiB: 12, bandwidthGBps: 50, tflops: 0.8 }],
      },
      availability: { survivesReplicaLoss: false },
      scale: scaleOf({ peakRequestsPerSecond: 0.02 }),
    })
    expect(report.chosen).toMatchObject({ engine: 'llama.cpp', accelerator: 'kiosk', accelerators: 1 })
    // 1.72 billion x 4.85 bits = 1.04 GB over 50 GB/s x 0.572 = 36 ms a token at the least
    expect(report.chosen?.latency?.tpotP90Ms.value).toBeGreaterThan(20)
    expect(report.chosen?.basis).toBe('assumed')
  })
})
