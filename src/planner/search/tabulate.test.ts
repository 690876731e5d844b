import { expect, it } from 'vitest'
import type { StepModel, StepTimes } from '../speed/roofline.js'
import { snapContexts, tabulate } from './tabulate.js'

it('a table of step times is within 0.05 % of the times, and works each batch of its grid out once', () => {
  let asked = 0
  const curve = (batch: number) => Math.cbrt(10 ** 3 + (0.05 * batch) ** 3) + 0.01 * batch
  const steps: StepModel = {
    decodeAt: () => (batch) => {
      asked++
      return curve(batch)
    },
    partsAt: () => () => ({ weightsMs: 0, cacheMs: 0, exchangeMs: 0, overheadMs: 0, sequenceMs: 0 }),
    prefillMs: () => 1,
    requestOverheadMs: 0,
    interference: 0,
    attentionGroups: 1,
  }
  const table = tabulate(steps).decodeAt(1000)
  for (let batch = 1; batch < 1000; batch += 0.37) {
    const found = table(batch)
    expect(Math.abs(found / curve(batch) - 1)).toBeLessThan(0.0005)
  }
  // ln(1000) / ln(1.1) = 72 steps of the grid
  expect(asked).toBeLessThan(76)
})

it('a grid of contexts is within 0.5 % of what is asked for, and works each of its contexts out once', () => {
  let asked = 0
  const steps: StepTimes = {
    decodeAt: (context) => {
      asked++
      return (batch) => context * batch
    },
    prefillMs: () => 1,
    requestOverheadMs: 0,
    interference: 0,
    attentionGroups: 1,
  }
  const snapped = snapContexts(steps)
  for (let context = 1; context < 8000; context += 1.7)
    expect(Math.abs(snapped.decodeAt(context)(3) / (3 * context) - 1)).toBeLessThan(0.00501)
  // ln(8000) / ln(1.01) = 903 steps of the grid
  expect(asked).toBeLessThan(905)
})
