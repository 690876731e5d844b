import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programIn } from '../../catalog/index.js'
import { recordedOutput } from './__fixtures__/fake-engine.js'
import { listFlags } from './list-flags.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'list-flags-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const list = (script: string, timeoutMs: number) => {
  const path = join(directory, 'vllm')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  const found = programIn([path, 'serve', 'model'])
  if (!found) throw new Error('vllm is not known')
  const env = { PATH: '/bin:/usr/bin' }
  const cacheDirectory = join(directory, 'cache')
  return listFlags(found, { path, env, cwd: directory, cacheDirectory, signal: undefined, timeoutMs })
}
const help = `cat '${recordedOutput('help')}'`

it('takes the help of a program that ends badly, and keeps it', async () => {
  expect((await list(`${help}; exit 1`, 20_000))?.flags.length).toBeGreaterThan(100)
  expect(readdirSync(join(directory, 'cache'))).toHaveLength(1)
})

it('neither takes nor keeps help that was cut off: the flags in its rest would count as unknown', async () => {
  expect(await list(`head -200 '${recordedOutput('help')}'; exec sleep 60`, 1000)).toBeUndefined()
  expect(existsSync(join(directory, 'cache'))).toBe(false)
})
