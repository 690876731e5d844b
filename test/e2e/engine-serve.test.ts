import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ingestAll } from '../../src/cli/ingest-all.js'
import { freePort, recordedOutput } from '../../src/cli/launch/__fixtures__/fake-engine.js'
import { createEnginePool } from '../../src/cli/launch/engine-pool.js'
import { openResources, type Resources } from '../../src/cli/open-resources.js'
import { render } from '../../src/cli/render.js'
import { startServeProcess } from '../../src/cli/serve-process.js'
import { type ServeOptions, type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { createTerminal } from '../../src/cli/terminal.js'
import { silentLog, systemClock } from '../../src/core/index.js'
import { createMetrics } from '../../src/telemetry/index.js'
import { createEngineProject, type EngineProject, enginePids } from './engine-project.js'
import { childrenOf, leftOver } from './processes.js'
import { runCommand } from './run-command.js'

const nowhere = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: false })
const terminal = createTerminal(
  { language: 'en', json: true, render },
  { stdout: nowhere, stderr: nowhere, stdin: {} },
)
const environment = process.env
let project: EngineProject
const closers: (() => Promise<unknown>)[] = []
const createProject = async () => {
  project = await createEngineProject()
}
const closeSystems = async () => {
  for (const close of closers.splice(0)) await close()
}
const closeAll = async () => {
  await closeSystems()
  project.remove()
}

/** One database and one index for the systems of two groups: each has its own engines, and its own documents. */
let shared: Resources
/** In the folder of the first project. */
let stateDirectory: string
const openShared = async () => {
  const first = await createEngineProject()
  project = first
  stateDirectory = join(first.directory, '.llm-architect')
  shared = await openResources({ stateDirectory, databaseUrl: undefined, environment, log: silentLog })
  return async () => {
    await shared.close()
    first.remove()
  }
}
/** What is opened for one system, as if all of it were its own. */
const resourcesOf = (changes: Partial<Resources> = {}): Promise<Resources> => {
  const engines = createEnginePool({ stateDirectory, environment, clock: systemClock, log: silentLog })
  const metrics = createMetrics()
  metrics.observeEngines(engines.observe)
  return Promise.resolve({ ...shared, engines, metrics, close: engines.close, ...changes })
}

const serve = async (options: Partial<ServeOptions> = {}): Promise<ServingSystem> => {
  const system = await serveSystem({
    architectureFile: project.architectureFile,
    stateDirectory,
    environment,
    log: silentLog,
    resources: resourcesOf(),
    ...options,
  })
  closers.push(() => system.close())
  await ingestAll(system, { terminal, signal: new AbortController().signal })
  return system
}
const ask = async (system: ServingSystem) => {
  const response = await fetch(`${system.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'support',
      messages: [{ role: 'user', content: 'What costs a transfer?' }],
    }),
  })
  return { status: response.status, by: response.headers.get('x-answered-by') }
}
const health = async (system: ServingSystem) => {
  const response = await fetch(`${system.url}/health`)
  const { checks } = (await response.json()) as { checks: Record<string, string> }
  return { status: response.status, engine: checks['engine:engine'] }
}

describe('in one process', { timeout: 120_000 }, () => {
  let closeShared: () => Promise<void>
  beforeAll(async () => {
    closeShared = await openShared()
  }, 120_000)
  afterAll(() => closeShared())

  describe('a system with an engine of its own', () => {
    const told: string[] = []
    let system: ServingSystem
    beforeAll(async () => {
      system = await serve({ onEngine: ({ engine, state }) => told.push(`${engine} ${state}`) })
    }, 120_000)
    afterAll(closeSystems)

    it('answers from it, shows its state and its figures, and falls back while it is away', async () => {
      expect(told.at(-1)).toBe('engine ready')
      expect(await ask(system)).toEqual({ status: 200, by: 'engine' })
      expect(await health(system)).toEqual({ status: 200, engine: 'ok' })
      await vi.waitFor(
        async () => {
          const text = await (await fetch(`${system.url}/metrics`)).text()
          expect(text).toContain('llm_architect_engine_up{deployment="engine"} 1')
          expect(text).toContain('llm_architect_engine_kv_cache_usage_ratio{deployment="engine"} 0.25')
          expect(text).toMatch(/llm_architect_engine_resident_memory_bytes\{deployment="engine"\} \d{7,}/)
        },
        { timeout: 30_000, interval: 200 },
      )
      const [pid] = await enginePids(project.enginePort)
      process.kill(pid as number, 'SIGKILL')
      await vi.waitFor(async () => expect((await health(system)).engine).toBe('down'), { timeout: 20_000 })
      // The route has another deployment: the system as a whole still takes work.
      expect(await ask(system)).toEqual({ status: 200, by: 'extractive' })
      await vi.waitFor(async () => expect(await health(system)).toEqual({ status: 200, engine: 'ok' }), {
        timeout: 60_000,
      })
      expect(await ask(system)).toEqual({ status: 200, by: 'engine' })
      expect(await (await fetch(`${system.url}/metrics`)).text()).toContain(
        'llm_architect_engine_restarts_total{deployment="engine"} 1',
      )
    })

    it('keeps the engine over a reload that does not touch it, and changes it over one that does', async () => {
      const before = await enginePids(project.enginePort)
      await system.reload()
      expect(await enginePids(project.enginePort)).toEqual(before)
      project.write({}, ['--dtype', 'auto'])
      await system.reload()
      expect(await enginePids(project.enginePort)).not.toEqual(before)
      expect(await leftOver(before)).toEqual([])
      expect(await ask(system)).toEqual({ status: 200, by: 'engine' })
    })

    it('is checked while it runs: the port of its own engine is no problem', async () => {
      const checked = await runCommand([
        'serve',
        '--check',
        '--json',
        '--architecture',
        project.architectureFile,
      ])
      expect(JSON.parse(checked.stdout)).toMatchObject({ problems: [] })
    })

    it('is unharmed by a reload with an unknown flag or an engine that does not start', async () => {
      const before = await enginePids(project.enginePort)
      project.write({}, ['--max-modle-len', '512'])
      await expect(system.reload()).rejects.toMatchObject({
        code: 'engine.flag-unknown',
        params: { deployment: 'engine', suggestion: '--max-model-len' },
      })
      expect(await enginePids(project.enginePort)).toEqual(before)
      project.write({ FAKE_PRINTS: recordedOutput('no-weights') })
      await expect(system.reload()).rejects.toMatchObject({ code: 'engine.model-missing' })
      await vi.waitFor(async () => expect((await health(system)).engine).toBe('ok'), { timeout: 60_000 })
      expect(await ask(system)).toEqual({ status: 200, by: 'engine' })
    })
  })

  describe('a system whose engine is not there', () => {
    beforeEach(createProject)
    afterEach(closeAll)

    it('without engines, as for keys and documents, starts none', async () => {
      await serve({ withEngines: false })
      await expect(enginePids(project.enginePort)).rejects.toThrow()
    })

    it('that cannot say where it listens does not go on listening', async () => {
      const port = await freePort()
      const update = () => Promise.reject(new Error('disk full'))
      const resources = resourcesOf({ lock: { ...shared.lock, update } })
      await expect(serve({ resources, port, withEngines: false })).rejects.toThrow('disk full')
      await expect(fetch(`http://127.0.0.1:${port}/health?live`)).rejects.toThrow('fetch failed')
    })

    it('without any route that could answer does not start at all, and says why', async () => {
      project.write({ FAKE_PRINTS: recordedOutput('no-weights') }, [], false)
      await expect(serve()).rejects.toMatchObject({ code: 'engine.model-missing' })
    })

    it('goes on without an engine that does not start, and with it once it does', async () => {
      const notes = join(project.directory, 'refuse')
      writeFileSync(notes, 'not now')
      project.write({ FAKE_REFUSE: notes })
      const told: string[] = []
      const system = await serve({ onEngine: ({ engine, state }) => told.push(`${engine} ${state}`) })
      expect(told.at(-1)).toBe('engine missing')
      expect(await health(system)).toEqual({ status: 200, engine: 'down' })
      expect(await ask(system)).toEqual({ status: 200, by: 'extractive' })
      // A reload that leaves it as it is goes through, and one that breaks it in another way makes nothing worse.
      await system.reload()
      project.write({ FAKE_PRINTS: recordedOutput('no-weights') })
      await system.reload()
      expect(await ask(system)).toEqual({ status: 200, by: 'extractive' })
      project.write({ FAKE_REFUSE: notes })
      await system.reload()
      rmSync(notes)
      await vi.waitFor(async () => expect(await health(system)).toEqual({ status: 200, engine: 'ok' }), {
        timeout: 60_000,
      })
      expect(told.at(-1)).toBe('engine ready')
      expect(await ask(system)).toEqual({ status: 200, by: 'engine' })
    })
  })
})

describe('serve', { timeout: 120_000 }, () => {
  beforeEach(createProject)
  afterEach(closeAll)
  const loading = () => childrenOf(process.pid).filter(({ command }) => command.includes('fake-engine.mjs'))

  it('--check says what is wrong with the engines and starts nothing', async () => {
    const good = await runCommand(['serve', '--check', '--architecture', project.architectureFile])
    expect(good.status).toBe(0)
    expect(good.stdout).toContain('✓ engine')
    expect(good.stdout).toContain('flags as vllm 0.32.0 lists them')

    project.write({}, ['--max-modle-len', '512'])
    const bad = await runCommand(['serve', '--check', '--json', '--architecture', project.architectureFile])
    expect(bad.status).toBe(1)
    expect(JSON.parse(bad.stdout)).toMatchObject({
      engines: [{ deployments: ['engine'], validated: true, checkedAgainst: 'vllm 0.32.0' }],
      problems: [{ code: 'engine.flag-unknown', params: { suggestion: '--max-model-len' } }],
    })
    const chinese = await runCommand(
      ['serve', '--check', '--architecture', project.architectureFile],
      'zh-TW',
    )
    expect(chinese.stdout).toContain('沒有 --max-modle-len 這個旗標')
    await expect(enginePids(project.enginePort)).rejects.toThrow()
  })

  it('--check names who listens on the port of an engine', async () => {
    const other = createServer().listen(project.enginePort, '127.0.0.1')
    await once(other, 'listening')
    const taken = await runCommand(['serve', '--check', '--json', '--architecture', project.architectureFile])
    other.close()
    await once(other, 'close')
    expect(taken.status).toBe(1)
    expect(JSON.parse(taken.stdout)).toMatchObject({
      problems: [
        {
          code: 'engine.port-taken',
          params: { deployment: 'engine', by: expect.stringMatching(new RegExp(`^${process.pid} \\(`)) },
          message: expect.stringContaining(`is in use by process ${process.pid}`),
        },
      ],
    })
  })

  it.each([
    [
      'before its engine is ready ends with 130, and leaves nothing behind',
      '100000',
      130,
      () => loading().length > 0,
    ],
    [
      'once it is ready ends with 0, and leaves nothing behind',
      '0',
      0,
      (stdout: string) => stdout.includes('http://'),
    ],
  ])('that is stopped %s', async (_, loadMs, status, isTime) => {
    project.write({ FAKE_LOAD_MS: loadMs })
    const controller = new AbortController()
    const written = vi.spyOn(process.stdout, 'write')
    const running = runCommand(
      ['serve', '--no-watch', '--architecture', project.architectureFile],
      'en',
      controller.signal,
    )
    const stdout = () => written.mock.calls.map(([piece]) => String(piece)).join('')
    await vi.waitFor(() => expect(isTime(stdout())).toBe(true), { timeout: 60_000, interval: 100 })
    // A program that has just been forked still has the name of the one that forked it.
    await vi.waitFor(() => expect(loading()).toHaveLength(1), { timeout: 60_000, interval: 100 })
    const family = childrenOf(process.pid)
    controller.abort('SIGINT')
    expect((await running).status).toBe(status)
    expect(await leftOver(family.map(({ pid }) => pid))).toEqual([])
  })

  it('ends with a clear sentence when no engine starts that could answer', async () => {
    project.write({ FAKE_PRINTS: recordedOutput('cache-too-small') }, [], false)
    await expect(startServeProcess(project.architectureFile)).rejects.toMatchObject({
      code: 'cli.serve-failed',
      params: { detail: expect.stringContaining('Set --max-model-len to at most 128') },
    })
  })
})
