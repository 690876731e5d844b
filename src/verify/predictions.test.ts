import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPredictions, writePredictions } from './predictions.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'predictions-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const figures = [{ id: 'ttft-p95.here', value: 90, unit: 'ms', low: 60, high: 140 }]

describe('predictions', () => {
  it('are read back as written, when they are older than the load', async () => {
    const path = join(directory, 'predictions.json')
    await writePredictions(path, figures)
    await utimes(path, 1000, 1000)
    expect(await readPredictions({ path, loadStartedAtMs: 1_000_001 })).toEqual(figures)
  })

  it('written after the load started are refused', async () => {
    const path = join(directory, 'late.json')
    await writePredictions(path, figures)
    await utimes(path, 2000, 2000)
    await expect(readPredictions({ path, loadStartedAtMs: 1_999_999 })).rejects.toMatchObject({
      code: 'verify.predictions-late',
    })
  })

  it.each([
    ['a missing file', undefined],
    ['a broken file', '{"version": 1,'],
    ['another file', '{"version": 1, "rows": []}'],
  ])('refuses %s', async (_name, text) => {
    const path = join(directory, 'wrong.json')
    if (text !== undefined) await writeFile(path, text)
    await expect(readPredictions({ path, loadStartedAtMs: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: 'verify.predictions-invalid',
    })
  })
})
