// `models` as people and scripts use it: what is asked before a download, what a list, a check and a removal say, and
// what is left when a pull is ended from outside.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeHub, startFakeHub } from '../../src/llm/weights/__fixtures__/fake-hub.js'
import { ggufFile } from '../../src/llm/weights/__fixtures__/model-files.js'
import { runCommand } from './run-command.js'

const model = ggufFile({ weights: 400_000 })
let directory: string
let hub: FakeHub
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'models-'))
  hub = await startFakeHub([{ path: 'tiny.gguf', bytes: model }])
  vi.stubEnv('HF_ENDPOINT', hub.endpoint)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await hub.close()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

const architectureFile = () => join(directory, 'architecture.yaml')
const installed = () => join(directory, '.llm-architect', 'models', 'tiny', 'tiny.gguf')
const models = (...args: string[]) => runCommand(['models', ...args, '--architecture', architectureFile()])
const modelsJson = async (...args: string[]) => {
  const { status, stdout } = await models(...args, '--json')
  return { status, document: JSON.parse(stdout) }
}

const writeArchitecture = (model: string) =>
  writeFileSync(
    architectureFile(),
    `version: 1
name: small
deployments: [{ id: answerer, engine: extractive, model: '${model}' }]
routes: [{ name: support, strategy: { deployment: answerer } }]
`,
  )

describe('models', () => {
  it('shows the licence before it pulls, lists, checks and removes', async () => {
    const pulled = await models('pull', 'hf:acme/tiny/tiny.gguf')
    expect(pulled.status).toBe(0)
    expect(pulled.stderr).toContain('licence: apache-2.0')
    expect(pulled.stdout).toContain('models:tiny')
    expect(readFileSync(installed()).equals(model)).toBe(true)

    writeArchitecture('models:tiny')
    expect(await modelsJson('list')).toMatchObject({
      status: 0,
      document: {
        incomplete: [],
        models: [
          {
            name: 'tiny',
            licence: 'apache-2.0',
            sizeBytes: model.length,
            facts: { parameters: 400_000 },
            usedBy: [{ deployment: 'answerer', file: 'architecture.yaml' }],
          },
        ],
      },
    })
    expect((await models('list')).stdout).toMatch(/tiny .*gguf F32 .*apache-2\.0 .*answerer/)

    expect(await modelsJson('verify')).toMatchObject({
      status: 0,
      document: { models: [{ isIntact: true }] },
    })
    const altered = Buffer.from(model)
    altered.writeUInt8(0, model.length - 1)
    writeFileSync(installed(), altered)
    const verified = await models('verify', 'tiny')
    expect(verified.status).toBe(1)
    expect(verified.stdout).toContain('tiny.gguf: changed')

    expect(await modelsJson('rm', 'tiny')).toMatchObject({
      status: 2,
      document: {
        error: { code: 'weights.in-use', params: { deployments: ['answerer (architecture.yaml)'] } },
      },
    })
    expect(await modelsJson('rm', 'tiny', '--force')).toMatchObject({
      status: 0,
      document: { name: 'tiny', freedBytes: expect.any(Number) },
    })
    expect(await modelsJson('list')).toMatchObject({ document: { models: [] } })
  })

  it.each(['llama3.2', undefined])('asks for --yes in a pipe when the licence is %s', async (licence) => {
    hub.licence = licence
    expect(await modelsJson('pull', 'hf:acme/tiny/tiny.gguf')).toMatchObject({
      status: 2,
      document: { error: { code: 'weights.licence-not-accepted' } },
    })
    expect(hub.seen.filter(({ path }) => path.endsWith('.gguf'))).toEqual([])
    expect(await modelsJson('pull', 'hf:acme/tiny/tiny.gguf', '--yes')).toMatchObject({
      status: 0,
      document: { wasThere: false, model: { name: 'tiny', licence: { id: licence ?? null } } },
    })
  })

  it('never shows the token', async () => {
    vi.stubEnv('HF_TOKEN', 'hf_very_secret')
    hub.gated = 'auto'
    const { status, stdout, stderr } = await models('pull', 'hf:acme/tiny/tiny.gguf', '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'weights.gated' } })
    expect(stdout + stderr).not.toContain('hf_very_secret')
  })

  it.each([['pull'], ['rm'], ['sell', 'tiny'], ['list', 'extra']])(
    '%s with too little or too much ends with 2',
    async (...args) => {
      expect(await modelsJson(...args)).toMatchObject({
        status: 2,
        document: { error: { code: 'cli.bad-argument' } },
      })
    },
  )
})

describe('a pull from an address', () => {
  const nothingKept = { document: { models: [], incomplete: [] } }

  it('says the size before anybody is asked, and brings the file', async () => {
    const address = `${hub.storage}/blobs/tiny.gguf`
    expect(await modelsJson('pull', address)).toMatchObject({
      status: 2,
      document: { error: { code: 'weights.licence-not-accepted' } },
    })
    const pulled = await models('pull', address, '--yes')
    expect(pulled.status).toBe(0)
    expect(pulled.stderr).toContain('(1.6 MB)')
    expect(readFileSync(installed()).equals(model)).toBe(true)
  })

  it.each([
    ['/blobs/nothere.gguf', 'weights.address-empty', 'There is nothing at'],
    ['/', 'weights.address-without-file', 'names no file'],
  ])('%s is refused before the licence, and nothing is kept', async (path, code, said) => {
    for (const more of [[], ['--yes']]) {
      const { status, document } = await modelsJson('pull', `${hub.storage}${path}`, ...more)
      expect(status).toBe(2)
      expect(document.error).toMatchObject({ code, message: expect.stringContaining(said) })
    }
    expect(await modelsJson('list')).toMatchObject(nothingKept)
  })

  it('that nobody serves, or that refuses, is an error at once', async () => {
    hub.misbehave.push({ status: 403 })
    const address = `${hub.storage}/blobs/tiny.gguf`
    expect(await modelsJson('pull', address)).toMatchObject({
      status: 2,
      document: { error: { code: 'weights.address-refused', params: { status: 403 } } },
    })
    await hub.close()
    expect(await modelsJson('pull', address)).toMatchObject({
      status: 2,
      document: { error: { code: 'weights.address-unreachable', params: { reason: 'ECONNREFUSED' } } },
    })
    hub = await startFakeHub([])
  })

  it('that is gone once the licence is accepted keeps nothing', async () => {
    hub.misbehave.push({ wholeAfterBytes: 1 }, { status: 404 })
    expect(await modelsJson('pull', `${hub.storage}/blobs/tiny.gguf`, '--yes')).toMatchObject({
      document: { error: { code: 'weights.address-empty' } },
    })
    expect(await modelsJson('list')).toMatchObject(nothingKept)
  })
})

describe('a pull that is ended from outside', () => {
  const launcher = fileURLToPath(new URL('../../bin/llm-architect.mjs', import.meta.url))
  const startPull = () =>
    spawn(
      process.execPath,
      [launcher, 'models', 'pull', 'hf:acme/tiny/tiny.gguf', '--architecture', architectureFile()],
      { env: { ...process.env, HF_ENDPOINT: hub.endpoint }, stdio: ['ignore', 'ignore', 'pipe'] },
    )
  const partialBytes = () =>
    statSync(join(directory, '.llm-architect', 'models', '.incoming', 'tiny', 'tiny.gguf.partial'), {
      throwIfNoEntry: false,
    })?.size

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('by %s goes on with what is missing', { timeout: 60_000 }, async (signal, status) => {
    const hangAfterBytes = 1_000_000
    hub.misbehave.push({ hangAfterBytes })
    const child = startPull()
    const exited = once(child, 'exit')
    await vi.waitFor(() => expect(partialBytes()).toBe(hangAfterBytes), { timeout: 30_000, interval: 20 })
    child.kill(signal)
    expect((await exited)[0]).toBe(status)
    expect(await modelsJson('list')).toMatchObject({ document: { models: [], incomplete: ['tiny'] } })

    expect((await models('pull', 'hf:acme/tiny/tiny.gguf')).status).toBe(0)
    expect(readFileSync(installed()).equals(model)).toBe(true)
    const rest = hub.seen.filter(({ server }) => server === 'storage').at(-1)
    expect(rest).toMatchObject({
      range: `bytes=${hangAfterBytes}-`,
      sentBytes: model.length - hangAfterBytes,
    })
  })
})
