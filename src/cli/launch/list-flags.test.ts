import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

describe('a module of Python', () => {
  /** The folder of an environment's packages, as pip leaves it. */
  const install = (version: string) => {
    const packages = join(directory, 'venv', 'lib', 'python3.12', 'site-packages')
    rmSync(packages, { recursive: true, force: true })
    for (const name of ['vllm', `vllm-${version}.dist-info`, `sglang-9.dist-info`])
      mkdirSync(join(packages, name), { recursive: true })
  }
  /** An interpreter that notes each time it is started. @returns how often it was, in all */
  const ask = async (env: Record<string, string> = {}) => {
    const path = join(directory, 'venv', 'bin', 'python')
    const calls = join(directory, 'calls')
    mkdirSync(join(directory, 'venv', 'bin'), { recursive: true })
    if (!existsSync(path)) writeFileSync(path, `#!/bin/sh\necho "$@" >> '${calls}'\n${help}\n`)
    chmodSync(path, 0o755)
    const found = programIn([path, '-m', 'vllm.entrypoints.openai.api_server', '--model', 'model'])
    if (!found) throw new Error('vllm is not known')
    const answer = await listFlags(found, {
      path,
      env: { PATH: '/bin:/usr/bin', ...env },
      cwd: directory,
      cacheDirectory: join(directory, 'cache'),
      signal: undefined,
    })
    expect(answer?.flags.length).toBeGreaterThan(100)
    return readFileSync(calls, 'utf8').trim().split('\n').length
  }

  it('is asked once', async () => {
    install('0.32.0')
    expect([await ask(), await ask()]).toEqual([1, 1])
  })

  it('is asked again once another version is installed, or the same one anew', async () => {
    install('0.32.0')
    await ask()
    install('0.33.0')
    expect([await ask(), await ask()]).toEqual([2, 2])
    install('0.33.0')
    expect([await ask(), await ask()]).toEqual([3, 3])
  })

  it('is asked each time where it may change unseen: not installed by a package, or found elsewhere first', async () => {
    expect([await ask(), await ask()]).toEqual([1, 2])
    install('0.32.0')
    const elsewhere = { PYTHONPATH: '/src/vllm' }
    expect([await ask(elsewhere), await ask(elsewhere)]).toEqual([3, 4])
    mkdirSync(join(directory, 'vllm'))
    expect([await ask(), await ask()]).toEqual([5, 6])
  })
})
