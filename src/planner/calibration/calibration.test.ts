import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import type { Spread } from '../speed/calibrate.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { rangeOf } from '../speed/range-of.js'
import { createStepModel, type StepModel } from '../speed/roofline.js'
import { calibrateDeployment } from './calibrate-deployment.js'
import { calibratedServing } from './calibrated-serving.js'
import { calibratedSteps } from './calibrated-steps.js'
import { deploymentKeyOf } from './load-test.js'
import { nextBestMeasurement } from './next-measurement.js'

/** A replica in round numbers: 10 ms of weights, 1 ms of cache and 0.5 ms of CPU work a sequence, 4 ms of launches. */
const steps: StepModel = {
  partsAt: () => (batch) => ({
    weightsMs: 10,
    cacheMs: batch,
    exchangeMs: 0,
    overheadMs: 4,
    sequenceMs: 0.5 * batch,
  }),
  decodeAt: () => (batch) => 14 + 1.5 * batch,
  prefillMs: (tokens) => tokens / 10,
  requestOverheadMs: 20,
  interference: 0.5,
  attentionGroups: 1,
}
const ofEngine = fittedCoefficients.coefficients.engines.vllm
const predictable = { steps, engine: 'vllm', ofEngine } as const

describe('calibrated steps', () => {
  it('scale each part by its own factor', () => {
    const twice = calibratedSteps(steps, {
      tpot: { weightsMs: 0.8, cacheMs: 2, promptsMs: 3 },
      ttft: { promptMs: 2, requestMs: 1.5 },
    })
    // 0.8 x 10 + 2 x 4 + 4 + 0.5 x 4 = 22
    expect(twice.decodeAt(100)(4)).toBeCloseTo(22, 9)
    expect(twice.prefillMs(100)).toBeCloseTo(20, 9)
    expect(twice.requestOverheadMs).toBeCloseTo(30, 9)
    // Prompts hold others up by interference x prompt: 0.5 x 10 ms x 3 = 15 ms, now of a prompt of 20 ms.
    expect(twice.interference * twice.prefillMs(100)).toBeCloseTo(15, 9)
  })

  it('move all parts of a metric together by `all`', () => {
    const slower = calibratedSteps(steps, { tpot: { all: 1.1 }, ttft: { all: 2 } })
    expect(slower.decodeAt(100)(4)).toBeCloseTo(1.1 * 20, 9)
    expect(slower.requestOverheadMs).toBeCloseTo(40, 9)
  })
})

describe('a calibrated deployment', () => {
  const load = { concurrency: 8, inputTokens: 100, outputTokens: 50 }
  const of = (tests: Parameters<typeof calibrateDeployment>[1]) =>
    calibrateDeployment(predictable, tests, fittedCoefficients)

  it('of an open loop has no queue of a common start', () => {
    const at = (openLoop: boolean) => of([]).predict({ ...load, openLoop })
    // Seven other prompts of 10 ms, of which on average half are read before one's own.
    const startMs = (ofEngine.burstShare * 7 * 10) / 2
    expect(at(false).ttft.value - at(true).ttft.value).toBeCloseTo(startMs, 9)
    expect(at(true).tpot).toEqual(at(false).tpot)
  })

  it('without tests is what the fit says, with the fit`s range', () => {
    const { tpot } = of([]).predict(load)
    // 14 + 1.5 x 8 = 26 ms, and of the 8 prompts of 10 ms half is felt once in 50 steps: 0.5 x 8 x 10 / 50 = 0.8 ms.
    expect(tpot.value).toBeCloseTo(26.8, 9)
    expect(of([]).tests).toEqual({ tpot: 0, ttft: 0 })
    const { low, high } = of([]).band(load).tpot
    expect(low * tpot.value).toBeCloseTo(tpot.low, 9)
    expect(high * tpot.value).toBeCloseTo(tpot.high, 9)
    expect({ low, high }).toEqual(rangeOf(fittedCoefficients.ranges.tpot, { engine: 'vllm', concurrency: 8 }))
  })

  it('comes nearer to what was measured and is surer of it with each test', () => {
    const measured = (concurrency: number) => 8 + 2.6 * concurrency
    const tests = [2, 8, 32].map((concurrency) => ({
      load: { ...load, concurrency },
      tpotMs: measured(concurrency),
      ttftMs: null,
    }))
    const unseen = { ...load, concurrency: 16 }
    const after = [0, 1, 2, 3].map((n) => of(tests.slice(0, n)).predict(unseen).tpot)
    const error = ({ value }: { readonly value: number }) => Math.abs(value / measured(16) - 1)
    const width = ({ low, high }: { readonly low: number; readonly high: number }) => high / low
    expect(error(after[3] as (typeof after)[0])).toBeLessThan(0.05)
    expect(error(after[3] as (typeof after)[0])).toBeLessThan(error(after[0] as (typeof after)[0]))
    // The first test may show that an uncertain part weighs more than was believed; from there on ranges shrink.
    const widths = after.slice(1).map(width)
    expect(widths).toEqual([...widths].sort((a, b) => b - a))
  })

  it('learns of one metric only what was measured of it', () => {
    const { tests, factors } = of([{ load, tpotMs: 40, ttftMs: null }])
    expect(tests).toEqual({ tpot: 1, ttft: 0 })
    expect(Object.values(factors.ttft).every((factor) => factor === 1)).toBe(true)
  })
})

describe('a calibrated deployment that replicas are sized for', () => {
  const load = { concurrency: 8, inputTokens: 100, outputTokens: 50 }

  it('without tests keeps its steps and the range of unseen deployments', () => {
    const { steps: same, bandsAt } = calibratedServing(predictable, [], fittedCoefficients)
    expect(same.decodeAt(100)(8)).toBeCloseTo(steps.decodeAt(100)(8), 9)
    expect(bandsAt(load)).toEqual({ tpot: null, ttft: null })
  })

  it('has the steps and the range that its tests leave', () => {
    const tests = [4, 8, 16].map((concurrency) => ({
      load: { ...load, concurrency },
      tpotMs: 1.3 * (14.8 + 1.5 * concurrency),
      ttftMs: null,
    }))
    const { steps: slower, bandsAt } = calibratedServing(predictable, tests, fittedCoefficients)
    const bands = bandsAt(load)
    const ratio = slower.decodeAt(100)(8) / steps.decodeAt(100)(8)
    expect(ratio).toBeGreaterThan(1.2)
    expect(ratio).toBeLessThan(1.4)
    expect(bands.ttft).toBeNull()
    expect((bands.tpot?.high ?? 9) / (bands.tpot?.low ?? 1)).toBeLessThan(1.5)
  })
})

describe('the next measurement', () => {
  const spread: Spread = { scales: { weightsMs: 0.2, cacheMs: 1 }, noise: 0.1 }
  const partsOf = (batch: number) => ({ weightsMs: 10, cacheMs: batch })

  it('is of the load whose unknown part weighs most at the target', () => {
    const [best, ...rest] = nextBestMeasurement({
      candidates: [1, 10, 90],
      target: 90,
      partsOf,
      spread,
      points: [],
    })
    expect(best?.load).toBe(90)
    // At the target weights are 10 % and cache 90 %: sqrt((0.1 x 0.2)^2 + (0.9 x 1)^2 + 0.1^2).
    expect(best?.before).toBeCloseTo(Math.hypot(0.02, 0.9, 0.1), 9)
    // What a test of the target itself leaves: v - v^2 / (v + 0.1^2) of v = 0.02^2 + 0.9^2, and the noise.
    const v = 0.02 ** 2 + 0.9 ** 2
    expect(best?.after).toBeCloseTo(Math.sqrt(v - v ** 2 / (v + 0.01) + 0.01), 9)
    for (const { after } of rest) expect(after).toBeGreaterThan(best?.after ?? 0)
  })

  it('is of another load where the target was tested already', () => {
    const tested = { parts: partsOf(90), measuredMs: 120 }
    const found = nextBestMeasurement({
      candidates: [1, 90],
      target: 10,
      partsOf,
      spread,
      points: [tested, tested, tested],
    })
    expect(found[0]?.load).toBe(1)
    for (const { before, after } of found) expect(after).toBeLessThan(before)
  })

  it('is for real deployments a load like the one asked for', () => {
    const catalogue = loadCatalogue()
    const model = catalogue.lookUpModel('llama-3.1-8b').found
    const accelerator = catalogue.lookUpAccelerator('h100').found
    if (!model || !accelerator) throw new Error('not in the catalogue')
    const real = createStepModel({
      model,
      accelerator,
      precision: 'bf16',
      layout: { tensorParallel: 1, pipelineParallel: 1 },
      engine: 'vllm',
      coefficients: fittedCoefficients.coefficients,
    })
    if (!real) throw new Error('no rates')
    const found = nextBestMeasurement({
      candidates: [1, 256],
      target: 200,
      partsOf: (concurrency) => ({ ...real.partsAt(1000)(concurrency) }),
      spread: fittedCoefficients.spread.tpot,
      points: [],
    })
    expect(found[0]?.load).toBe(256)
  })
})

describe('the key of a deployment', () => {
  const deployment = {
    model: 'llama-3.1-8b',
    accelerator: 'h100_sxm',
    precision: 'bf16',
    kvDtype: 'auto',
    engine: 'vllm',
    engineVersion: '0.32.0',
    tensorParallel: 2,
    pipelineParallel: 1,
    dataParallel: 1,
    expertParallel: false,
  }

  it('is equal for equal deployments and differs in every part', () => {
    expect(deploymentKeyOf(deployment)).toBe('llama-3.1-8b|h100_sxm|bf16|auto|vllm|0.32.0|tp2pp1dp1')
    const others = [
      { model: 'x' },
      { accelerator: 'x' },
      { precision: 'fp8' },
      { kvDtype: 'fp8' },
      { engine: 'sglang' },
      { engineVersion: null },
      { tensorParallel: 1 },
      { pipelineParallel: 2 },
      { dataParallel: 2 },
      { expertParallel: true },
    ].map((change) => deploymentKeyOf({ ...deployment, ...change }))
    expect(new Set([deploymentKeyOf(deployment), ...others]).size).toBe(11)
  })
})
