import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runHere } from './__fixtures__/run-here.js'

const directory = mkdtempSync(join(tmpdir(), 'assess-command-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it('ends with 0 where one requirement only makes another moot', async () => {
  const file = join(directory, 'requirements.yaml')
  await runHere(['init', '--preset', 'rag-qa', '--output', file])
  writeFileSync(file, readFileSync(file, 'utf8').replace('value: 500', 'value: 6000'))
  const { status, out } = await runHere(['assess', file, '--json'])
  expect(JSON.parse(out).conflicts).toMatchObject([
    { kind: 'tension', message: { code: 'planner.ttft-after-e2e' } },
  ])
  expect(status).toBe(0)
})
