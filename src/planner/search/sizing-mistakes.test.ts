// Mistakes that people report of capacity planners, each with the arithmetic that avoids it.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import type { Candidate } from './report.js'

const catalogue = loadCatalogue()
const candidatesFor = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue }).report.candidates
}
const only = (model: string, accelerator: string) => ({
  models: { allowed: [model] },
  hosting: { allowed: ['self-hosted'], owned: [{ accelerator, count: 800 }], ownedOnly: true },
  availability: { survivesReplicaLoss: false },
})
const find = (candidates: readonly Candidate[], id: string) => {
  const found = candidates.find((candidate) => candidate.id === id)
  if (!found?.replicas || !found.memory) throw new Error(`no ${id}`)
  return { ...found, replicas: found.replicas, memory: found.memory }
}
const long = { inputTokens: { p50: 3000, p95: 6000 }, outputTokens: { p50: 800, p95: 1500 } }

describe('a mixture of experts', () => {
  it('takes memory by all of its parameters, and time by those that are active', () => {
    const candidates = candidatesFor(only('Qwen/Qwen3-30B-A3B', 'h100_sxm'))
    const mixture = find(candidates, 'Qwen/Qwen3-30B-A3B bf16 vllm owned-h100_sxm tp1')
    // 30.53 billion x 2 bytes = 56.9 GiB; by the 3.35 active billions it would be 6.2.
    expect(mixture.memory.weightsGiB).toBeCloseTo(56.9, 0)
    const dense = find(
      candidatesFor(only('Qwen/Qwen3-32B', 'h100_sxm')),
      'Qwen/Qwen3-32B bf16 vllm owned-h100_sxm tp1',
    )
    // Launching 48 layers of experts costs what reading fewer weights saves in part.
    expect(mixture.latency?.tpotP90Ms.value).toBeLessThan((dense.latency?.tpotP90Ms.value ?? 0) * 0.6)
  })
})

describe('tensor parallelism', () => {
  it('gains more than its width where one card has hardly any room for the cache', () => {
    const sections = {
      ...only('Llama-3.1-70B-Instruct', 'h100_sxm'),
      scale: scaleOf({ peakRequestsPerSecond: 20, lengths: long }),
    }
    const candidates = candidatesFor(sections)
    const one = find(candidates, 'meta-llama/Meta-Llama-3.1-70B fp8 vllm owned-h100_sxm tp1')
    const two = find(candidates, 'meta-llama/Meta-Llama-3.1-70B fp8 vllm owned-h100_sxm tp2')
    // 73.6 GiB usable, 67.6 GiB of weights: a few GiB of cache on one card; on two cards 2 x (73.6 - 33.8) GiB.
    expect(two.memory.maxSequences).toBeGreaterThan(8 * one.memory.maxSequences)
    // Two cards carry more than twice what one does: fewer cards in all.
    expect(two.accelerators).toBeLessThan(one.accelerators)
  })
})

describe('pipeline stages', () => {
  it('enlarge the pool of a latent cache, which tensor parallelism copies', () => {
    const sections = {
      ...only('deepseek-ai/DeepSeek-V3', 'h200_sxm'),
      scale: scaleOf({ peakRequestsPerSecond: 60, lengths: long }),
    }
    const candidates = candidatesFor(sections)
    const id = 'deepseek-ai/DeepSeek-V3 fp8 vllm owned-h200_sxm'
    const tensor = find(candidates, `${id} tp8`)
    const staged = find(candidates, `${id} tp4pp2`)
    // The same eight cards; each holds half of the layers, the fuller stage 31 of 61, and the cache of those.
    expect(staged.memory.weightsGiB).toBeLessThan(1.05 * tensor.memory.weightsGiB)
    expect(staged.memory.maxSequences).toBeGreaterThan(1.8 * tensor.memory.maxSequences)
  })

  it('save cards without a fast link, where the cache is what is short', () => {
    const sections = {
      ...only('Llama-3.1-70B-Instruct', 'l40s'),
      scale: scaleOf({ peakRequestsPerSecond: 10, lengths: long }),
    }
    const candidates = candidatesFor(sections)
    const id = 'meta-llama/Meta-Llama-3.1-70B fp8 vllm owned-l40s'
    const two = find(candidates, `${id} tp2`)
    const four = find(candidates, `${id} tp2pp2`)
    // 45 x 0.92 = 41.4 GiB usable, 33.8 of weights on each of two; 16.9 on each of four.
    expect(four.memory.kvPoolGiB).toBeGreaterThan(3 * two.memory.kvPoolGiB)
    expect(four.accelerators).toBeLessThan(two.accelerators)
  })
})

describe('room for sequences', () => {
  it('is not what a replica carries: prompts alone may keep it busy', () => {
    const sections = {
      ...only('Llama-3.1-8B-Instruct', 'h100_sxm'),
      scale: scaleOf({
        peakRequestsPerSecond: 40,
        lengths: { inputTokens: { p50: 6000, p95: 8000 }, outputTokens: { p50: 10, p95: 20 } },
      }),
      performance: { targets: [targetOf('e2e', 5000)] },
    }
    const { memory, replicas, latency } = find(
      candidatesFor(sections),
      'meta-llama/Meta-Llama-3.1-8B bf16 vllm owned-h100_sxm tp1',
    )
    // By Little the sequences that fit, each gone after its latency, would carry far more than is asked for ...
    const byRoom = memory.maxSequences / ((latency?.e2eP90Ms.value ?? 0) / 1000)
    expect(byRoom).toBeGreaterThan(40)
    // ... but 40 prompts/s x 6,100 tokens x 2 x 8.03 billion = 3.9 PFLOP/s, and 989 x 0.51 = 0.5 are had: eight or more.
    expect(replicas.serving).toBeGreaterThanOrEqual(8)
  })
})
