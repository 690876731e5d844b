// `design calibrate` and what `design fit` makes of it, through the command line itself.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CalibratedRequest, FitAnswer } from '../../planner/index.js'
import { runHere as run } from '../__fixtures__/run-here.js'

const before = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'design-calibrate-'))
beforeAll(() => process.chdir(folder))
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
})

const deployment = '--model llama-3.1-8b --gpu H100 --engine vllm --engine-version 0.32.0'.split(' ')
const load = ['--load', 'input=1000,output=200,concurrency=32']
const askFit = async () => {
  const { out } = await run(['design', 'fit', '--json', ...deployment, ...load])
  const { predicted } = JSON.parse(out) as FitAnswer
  if (!predicted?.tpotMs) throw new Error('nothing predicted')
  return { ...predicted, tpotMs: predicted.tpotMs }
}
const file = (content: unknown) => {
  const path = join(folder, 'points.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}
const calibrate = (points: unknown, ...args: readonly string[]) =>
  run(['design', 'calibrate', '--points', file(points), ...deployment, ...args])

describe('design calibrate', { timeout: 60_000 }, () => {
  it('moves the predictions of that deployment towards its load tests, and narrows their range', async () => {
    const untested = await askFit()
    // A deployment on which everything takes 1.5 times as long as predicted.
    const points = [8, 128].map((concurrency) => ({ concurrency, inputTokens: 1000, outputTokens: 200 }))
    const measured: object[] = []
    for (const point of points) {
      const tested = ['--load', `input=1000,output=200,concurrency=${point.concurrency}`]
      const { out } = await run(['design', 'fit', '--json', ...deployment, ...tested])
      const { predicted } = JSON.parse(out) as FitAnswer
      measured.push({ ...point, tpotMs: 1.5 * (predicted?.tpotMs?.value ?? 0) })
    }
    const { status, out } = await calibrate(measured, '--json', ...load)
    expect(status).toBe(0)
    const answer = JSON.parse(out) as CalibratedRequest & { readonly added: number; readonly tests: number }
    expect(answer).toMatchObject({ added: 2, tests: 2 })
    for (const { test, before: untouched, after } of answer.loads) {
      expect(untouched.tpot.value).toBeCloseTo((test.tpotMs ?? 0) / 1.5, 6)
      expect(Math.abs(after.tpot.value / (test.tpotMs ?? 0) - 1)).toBeLessThan(0.1)
    }
    expect(answer.next.target.concurrency).toBe(32)
    expect(answer.next.tests[0]?.after).toBeLessThan(answer.next.tests[0]?.before ?? 0)

    const tested = await askFit()
    expect(tested.tpotMs.value / untested.tpotMs.value).toBeGreaterThan(1.35)
    expect(tested.tpotMs.value / untested.tpotMs.value).toBeLessThan(1.6)
    const width = ({ low, high }: { readonly low: number; readonly high: number }) => high / low
    expect(width(tested.tpotMs)).toBeLessThan(width(untested.tpotMs))
    // Nothing was measured of the first token.
    expect(tested.ttftMs).toEqual(untested.ttftMs)
  })

  it('leaves another deployment alone', async () => {
    const other = async () => {
      const { out } = await run(['design', 'fit', '--json', ...deployment, '--quantization', 'fp8', ...load])
      return (JSON.parse(out) as FitAnswer).predicted?.tpotMs?.value
    }
    const known = await other()
    await calibrate([{ concurrency: 4, inputTokens: 1000, outputTokens: 200, tpotMs: 50 }])
    expect(await other()).toBe(known)
  })

  it.each([
    ['en', /load tests added; .*\n[\s\S]*x[\d.]+[\s\S]*would help most/],
    ['zh-TW', /新增 0 筆負載測試[\s\S]*下一個最有幫助的測試/],
  ] as const)('tells people what changed (%s)', async (language, expected) => {
    const points = [{ concurrency: 4, inputTokens: 1000, outputTokens: 200, tpotMs: 50 }]
    const args = ['design', 'calibrate', '--points', file(points), ...deployment]
    const { status, out } = await run(args, language)
    expect(status).toBe(0)
    expect(out).toMatch(expected)
  })

  const load200 = { concurrency: 16, inputTokens: 1000, outputTokens: 200 }
  it.each([
    ['what is no load test', [{ concurrency: 4 }], /Point 1/],
    // 16 GB over 3.35 TB/s: 4.8 ms.
    [
      'seconds for ms',
      [
        { ...load200, tpotMs: 9 },
        { ...load200, ttftMs: 0.13 },
      ],
      /Point 2.*ttftMs.*seconds/s,
    ],
    ['a time per token in seconds', [{ ...load200, tpotMs: 0.0091 }], /Point 1.*tpotMs.*seconds/s],
    [
      'a prompt beyond the context',
      [{ ...load200, inputTokens: 200_000, tpotMs: 9 }],
      /Point 1.*200,200 tokens.*131,072/s,
    ],
  ])('refuses %s, and keeps what it has', async (_, points, expected) => {
    const path = join(folder, '.llm-architect', 'calibrations.json')
    const kept = readFileSync(path, 'utf8')
    const { status, err } = await calibrate(points)
    expect(status).toBe(2)
    expect(err).toMatch(expected)
    expect(readFileSync(path, 'utf8')).toBe(kept)
  })
})
