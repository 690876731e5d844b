import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addTests, calibrationsPath, readCalibrations, testsOf } from './calibrations-file.js'
import { readPoints } from './read-points.js'

const deployment = {
  model: 'llama-3.1-8b',
  accelerator: 'h100_sxm',
  precision: 'bf16',
  kvDtype: 'auto',
  engine: 'vllm',
  engineVersion: '0.32.0',
  tensorParallel: 1,
  pipelineParallel: 1,
  dataParallel: 1,
  expertParallel: false,
}
const test = (concurrency: number, tpotMs = 10) => ({
  load: { concurrency, inputTokens: 1000, outputTokens: 200 },
  tpotMs,
  ttftMs: null,
})

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calibrations-'))
  path = calibrationsPath(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the file of calibrations', () => {
  it('keeps tests by deployment, and each once', async () => {
    expect(await addTests(path, deployment, [test(1), test(8)])).toBe(2)
    expect(await addTests(path, { ...deployment, precision: 'fp8' }, [test(1)])).toBe(1)
    expect(await addTests(path, deployment, [test(8), test(32)])).toBe(1)
    const kept = await readCalibrations(path)
    expect(kept.deployments.map(({ tests }) => tests.length)).toEqual([1, 3])
    expect(testsOf(kept, deployment).map(({ load }) => load.concurrency)).toEqual([1, 8, 32])
    expect(readdirSync(folder)).toEqual(['calibrations.json'])
  })

  it('gives tests of any release where the release is not known, and of the same one where it is', async () => {
    await addTests(path, deployment, [test(1)])
    await addTests(path, { ...deployment, engineVersion: null }, [test(2)])
    const kept = await readCalibrations(path)
    const loads = (engineVersion: string | null) =>
      testsOf(kept, { ...deployment, engineVersion }).map(({ load }) => load.concurrency)
    expect(loads('0.32.0')).toEqual([1, 2])
    expect(loads('0.33.0')).toEqual([2])
    expect(loads(null)).toEqual([1, 2])
  })

  it('is empty where there is none', async () => {
    expect(await readCalibrations(path)).toEqual({ version: 1, deployments: [] })
  })

  it.each(['{', '{"version":2,"deployments":[]}', '{"version":1,"deployments":[{}]}'])(
    'that cannot be read (%s) is an error, and stays as it is',
    async (broken) => {
      writeFileSync(path, broken)
      await expect(addTests(path, deployment, [test(1)])).rejects.toMatchObject({
        code: 'cli.calibrations-broken',
        params: { file: path },
      })
      expect(readFileSync(path, 'utf8')).toBe(broken)
    },
  )
})

describe('points', () => {
  const read = (content: string) => readPoints(content, { text: (en) => en })
  const point = { concurrency: 4, inputTokens: 100, outputTokens: 50, tpotMs: 9 }
  const expected = {
    load: { concurrency: 4, inputTokens: 100, outputTokens: 50 },
    tpotMs: 9,
    ttftMs: null,
  }

  it('are read from an object, an array, and lines', () => {
    const one = JSON.stringify(point)
    expect(read(one)).toEqual([expected])
    expect(read(`[${one}, ${one}]`)).toEqual([expected, expected])
    expect(read(`${one}\n\n${one}\n`)).toEqual([expected, expected])
  })

  it('are read from what vLLM`s load generator saves', () => {
    const saved = {
      max_concurrency: 8,
      completed: 10,
      total_input_tokens: 1280,
      total_output_tokens: 640,
      mean_tpot_ms: 12.5,
      mean_ttft_ms: 80,
      request_rate: 'inf',
    }
    expect(read(JSON.stringify(saved))).toEqual([
      { load: { concurrency: 8, inputTokens: 128, outputTokens: 64 }, tpotMs: 12.5, ttftMs: 80 },
    ])
  })

  it.each([
    ['nothing', '', /no point/],
    ['an empty list', '[]', /no point/],
    ['no time', JSON.stringify({ ...point, tpotMs: undefined }), /Point 1 .*tpotMs/],
    ['a load of zero', JSON.stringify([point, { ...point, concurrency: 0 }]), /Point 2 /],
    ['what is no JSON', `${JSON.stringify(point)}\nx`, /Point 2 /],
  ])('that are %s are refused', (_name, content, message) => {
    expect(() => read(content)).toThrow(message)
  })
})
