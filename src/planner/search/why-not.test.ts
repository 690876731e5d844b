import { describe, expect, it } from 'vitest'
import { candidateOf, reportOf } from '../__fixtures__/candidate-of.js'
import { designMessage } from './design-messages.js'
import { gateMessage } from './gate-messages.js'
import type { Candidate } from './report.js'
import { whyNot } from './why-not.js'
import { whyNotMessage } from './why-not-messages.js'

const chosen = candidateOf('llama bf16 vllm h100_sxm tp1')
const codesFor = (candidate: Candidate, front: readonly string[] = [chosen.id]) =>
  whyNot(reportOf([chosen, candidate], front), candidate.id).map(({ code }) => code)

describe('why a candidate was not chosen', () => {
  it('names the first thing in which it falls behind, with both numbers', () => {
    const dear = candidateOf('dear', { costPerMonthUsd: 1800 })
    const [message] = whyNot(reportOf([chosen, dear], [chosen.id]), 'dear')
    expect(message).toEqual(
      whyNotMessage('planner.dearer', {
        chosen: chosen.id,
        times: 1.8,
        costUsd: 1800,
        chosenUsd: 1000,
        packed: false,
      }),
    )
    expect(codesFor(candidateOf('made', { build: 'to-make' }))[0]).toBe('planner.needs-making')
    expect(codesFor(candidateOf('weak', { qualityScore: { value: 40, low: 40, high: 40 } }))[0]).toBe(
      'planner.less-good',
    )
    expect(codesFor(candidateOf('similar', { basis: 'similar' }))[0]).toBe('planner.less-founded')
    expect(codesFor(candidateOf('wide', { accelerators: 4 }))[0]).toBe('planner.more-hardware')
    expect(codesFor(candidateOf('other', { engine: 'tgi' }))[0]).toBe('planner.equal-otherwise')
  })

  it('says who dominates it, or what its place on the front buys', () => {
    const dear = candidateOf('dear', { costPerMonthUsd: 1800 })
    const fast = candidateOf('fast', {
      costPerMonthUsd: 1800,
      latency: chosen.latency && { ...chosen.latency, e2eP90Ms: { value: 500, low: 400, high: 600 } },
    })
    const report = reportOf([chosen, dear, fast], [chosen.id, 'fast'])
    expect(whyNot(report, 'dear')[1]).toMatchObject({ code: 'planner.dominated', params: { by: chosen.id } })
    expect(whyNot(report, 'fast')[1]).toMatchObject({
      code: 'planner.another-balance',
      params: { better: ['latencyMs'] },
    })
  })

  it('gives every requirement that is missed', () => {
    const reasons = [
      designMessage('planner.over-budget', { costUsd: 9000, budgetUsd: 5000 }),
      designMessage('planner.needs-more-owned', { accelerator: 'L4', needed: 4, owned: 2 }),
    ]
    const missed = candidateOf('missed', {
      violations: reasons.map((reason) => ({ constraint: 'some', relaxable: true, reason })),
    })
    expect(whyNot(reportOf([chosen, missed]), 'missed')).toEqual(reasons)
  })

  it('answers for what was closed with its group', () => {
    const licence = gateMessage('planner.licence', { model: 'qwen', licence: null, allowed: ['MIT'] })
    const group = candidateOf('qwen', {
      engine: null,
      layout: null,
      violations: [{ constraint: 'models.licences', relaxable: false, reason: licence }],
    })
    const room = designMessage('planner.cannot-keep-up', { maxSequences: 0 })
    const wide = candidateOf('llama bf16 vllm l4 tp4', {
      violations: [{ constraint: 'memory', relaxable: false, reason: room }],
    })
    const report = reportOf([chosen, group, wide])
    expect(whyNot(report, 'qwen fp8 vllm h100_sxm tp2')).toEqual([licence])
    expect(whyNot(report, 'llama bf16 vllm l4 tp2')).toEqual([room])
  })

  it('says so of the choice and of what was never there', () => {
    const report = reportOf([chosen])
    expect(whyNot(report, chosen.id).map(({ code }) => code)).toEqual(['planner.is-chosen'])
    expect(whyNot(report, 'llama bf16 vllm h100_sxm tp2')).toEqual([
      whyNotMessage('planner.not-considered', { id: 'llama bf16 vllm h100_sxm tp2', nearest: chosen.id }),
    ])
  })
})
