// Traces drawn from distributions whose rate, burstiness and lengths are known: what is measured is what was drawn.

import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../core/index.js'
import { jsonLines, readText } from './__fixtures__/read-text.js'
import type { Traffic } from './traffic.js'

interface Request {
  readonly atMs: number
  readonly input: number
  readonly output: number
}

const count = 50_000
const within = 0.01

/**
 * Each value equally often, in random order (the balanced bootstrap): the totals are those of the values, so that
 * what is off was measured wrongly and not drawn unluckily.
 */
const balanced = (random: Random, values: readonly number[], n: number): number[] =>
  random.shuffle(Array.from({ length: n }, (_, i) => values[i % values.length] ?? 0))

/** Bursts: nine gaps of ten are 10 ms, one is 1,910 ms. Mean 200 ms, variance .9 * 190^2 + .1 * 1710^2 = 570^2. */
const burstyGaps = (random: Random, n: number) =>
  balanced(random, [...Array.from({ length: 9 }, () => 10), 1910], n)
const poissonGaps = (random: Random, n: number) => Array.from({ length: n }, () => random.exponential() * 200)

/** Uniform on {1 ... 1000}: mean 500.5, p-quantile 1000 p. Two values: half 20, and half uniform on {101 ... 200}. */
const draw = (random: Random, gaps: typeof burstyGaps, n = count): Request[] => {
  let atMs = Date.UTC(2026, 0, 1)
  return gaps(random, n).map((gap) => {
    atMs += gap
    const output = random.next() < 0.5 ? 20 : 101 + random.integer(100)
    return { atMs, input: 1 + random.integer(1000), output }
  })
}

const asCsv = (requests: readonly Request[]) =>
  [
    'TIMESTAMP,ContextTokens,GeneratedTokens',
    ...requests.map(({ atMs, input, output }) => {
      const at = new Date(Math.floor(atMs)).toISOString().slice(0, 23).replace('T', ' ')
      const rest = Math.floor((atMs % 1) * 10_000)
      return `${at}${String(rest).padStart(4, '0')},${input},${output}`
    }),
  ].join('\n')

const figuresOf = ({ rate, gapVariation, inputTokens, outputTokens }: Traffic) => ({
  rate: rate?.meanPerSecond,
  gapVariation,
  inputMean: inputTokens?.mean,
  inputP50: inputTokens?.p50,
  inputP90: inputTokens?.p90,
  inputP95: inputTokens?.p95,
  inputP99: inputTokens?.p99,
  outputMean: outputTokens?.mean,
  outputP90: outputTokens?.p90,
  outputP95: outputTokens?.p95,
  outputP99: outputTokens?.p99,
})
type Figures = { readonly [K in keyof ReturnType<typeof figuresOf>]: number }

const known = (rate: number, gapVariation: number): Figures => ({
  rate,
  gapVariation,
  inputMean: 500.5,
  inputP50: 500,
  inputP90: 900,
  inputP95: 950,
  inputP99: 990,
  outputMean: (20 + 150.5) / 2,
  outputP90: 180,
  outputP95: 190,
  outputP99: 198,
})

/** The figures that are further off than 1 %. */
const off = (traffic: Traffic, truth: Figures): string[] => {
  const measured = figuresOf(traffic)
  return (Object.keys(truth) as (keyof Figures)[]).filter(
    (name) => !(Math.abs((measured[name] ?? Number.NaN) / truth[name] - 1) <= within),
  )
}

describe('a resampled trace is measured within 1 %', () => {
  it.each([1, 2])('with Poisson arrivals, 5/s (seed %i)', (seed) => {
    expect(off(readText(asCsv(draw(createRandom(seed), poissonGaps))), known(5, 1))).toEqual([])
  })

  it('with bursts, gaps varying by 2.85', () => {
    expect(off(readText(asCsv(draw(createRandom('bursts'), burstyGaps))), known(5, 2.85))).toEqual([])
  })

  it('thinned: a third of Poisson arrivals are Poisson arrivals at a third of the rate', () => {
    const random = createRandom('thinned')
    const kept = draw(random, poissonGaps, 3 * count).filter(() => random.next() < 1 / 3)
    expect(off(readText(asCsv(kept)), known(5 / 3, 1))).toEqual([])
  })

  it('bootstrapped from a small trace: gaps and lengths drawn again, as JSON lines in ms', () => {
    const random = createRandom('bootstrap')
    const base = draw(random, burstyGaps, 1000)
    const gaps = base.map(({ atMs }, i) => atMs - (base[i - 1]?.atMs ?? atMs)).slice(1)
    let atMs = 0
    const rows = balanced(random, gaps, count).map((drawn) => {
      atMs += drawn
      const { input, output } = random.pick(base)
      return { timestamp: atMs, input_length: input, output_length: output, hash_ids: [1] }
    })
    const measured = readText(jsonLines(rows))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const gap = mean(gaps)
    const variation = Math.sqrt(mean(gaps.map((value) => (value - gap) ** 2))) / gap
    const relative = (value: number | null | undefined, truth: number) => Math.abs((value ?? 0) / truth - 1)
    expect(relative(measured.rate?.meanPerSecond, 1000 / gap)).toBeLessThan(within)
    expect(relative(measured.gapVariation, variation)).toBeLessThan(within)
    expect(relative(measured.inputTokens?.mean, mean(base.map(({ input }) => input)))).toBeLessThan(within)
    const inputs = base.map(({ input }) => input).sort((a, b) => a - b)
    for (const [p, name] of [
      [0.5, 'p50'],
      [0.95, 'p95'],
    ] as const)
      expect(relative(measured.inputTokens?.[name], inputs[Math.round(p * 999)] ?? 0)).toBeLessThan(within)
  })
})

describe('a trace that was tampered with is measured as something else', () => {
  const requests = draw(createRandom('tampered'), burstyGaps, 20_000)
  const offBy = (changed: readonly Request[]) => off(readText(asCsv(changed)), known(5, 2.85))
  const start = requests[0]?.atMs ?? 0

  it('with doubled times: the rate', () => {
    const doubled = requests.map((one) => ({ ...one, atMs: start + 2 * (one.atMs - start) }))
    expect(offBy(doubled)).toContain('rate')
    expect(offBy(doubled)).not.toContain('inputP95')
  })

  it('with its gaps evened out: the burstiness', () => {
    const even = requests.map((one, i) => ({ ...one, atMs: start + i * 200 }))
    expect(offBy(even)).toContain('gapVariation')
    expect(offBy(even)).not.toContain('rate')
  })

  it('with exchanged columns: the lengths', () => {
    const exchanged = requests.map(({ atMs, input, output }) => ({ atMs, input: output, output: input }))
    expect(offBy(exchanged)).toEqual(
      expect.arrayContaining(['inputMean', 'inputP95', 'outputMean', 'outputP99']),
    )
  })
})
