import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Evidence, readEvidence, renderFigures, replaceFigures, writeEvidence } from './evidence.js'

const evidence: Evidence = {
  version: 1,
  area: 'kill9',
  commit: '0123456789abcdef',
  machine: '2 cores, 4 GiB',
  command: 'npm run acceptance -- kill9',
  seed: 7,
  date: '2026-11-25T10:00:00.000Z',
  figures: [
    { name: 'recovered rows', value: 1, unit: 'share', low: null, high: null, n: 3000 },
    { name: 'restart | P95', value: 812.345, unit: 'ms', low: 790.1, high: 850, n: 30 },
  ],
}

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'evidence-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('evidence', () => {
  it('is read back as written', async () => {
    const path = join(directory, 'evidence', 'kill9.json')
    await writeEvidence(path, evidence)
    expect(await readEvidence(path)).toEqual(evidence)
  })

  it('that is not evidence is refused with the field', async () => {
    const path = join(directory, 'wrong.json')
    await writeFile(path, JSON.stringify({ ...evidence, figures: [{ name: 'x' }] }))
    await expect(readEvidence(path)).rejects.toThrow(/figures/)
    await expect(readEvidence(join(directory, 'none.json'))).rejects.toMatchObject({
      code: 'verify.evidence-invalid',
    })
  })

  it('becomes a table that says where its figures come from', () => {
    expect(renderFigures(evidence)).toBe(
      [
        '| Figure | Value | 95 % interval | n |',
        '|---|---|---|---|',
        '| recovered rows | 1 share |  | 3000 |',
        '| restart \\| P95 | 812.3 ms | 790.1 to 850 | 30 |',
        '',
        'Measured by `npm run acceptance -- kill9`, commit 0123456789ab, 2 cores, 4 GiB, 2026-11-25, seed 7.',
      ].join('\n'),
    )
  })

  it('replaces the figures of its area in a document, once and for all', () => {
    const document = 'Before\n<!-- figures:kill9 -->\nold\n<!-- /figures -->\nAfter\n'
    const updated = replaceFigures(document, evidence)
    expect(updated).toContain(renderFigures(evidence))
    expect(updated).not.toContain('old')
    expect(updated.startsWith('Before\n') && updated.endsWith('<!-- /figures -->\nAfter\n')).toBe(true)
    expect(replaceFigures(updated, evidence)).toBe(updated)
  })

  it('is not lost silently where a document has no place for it', () => {
    expect(() => replaceFigures('<!-- figures:other --><!-- /figures -->', evidence)).toThrow(/kill9/)
  })
})
