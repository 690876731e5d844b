import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clock, silentLog, systemClock } from '../../core/index.js'
import type { ChatCall, ChatModel, ChatRequest, ChatStream, Outcome } from '../../llm/index.js'
import { architectureSchema } from '../../spec/index.js'
import { render } from '../render.js'
import { type FakeOptions, fakeDeployment, freePort, recordedOutput } from './__fixtures__/fake-engine.js'
import { planLaunches } from './engine-launch.js'
import { createEnginePool, type EnginePool, type EngineProgress } from './engine-pool.js'

let directory: string
let pool: EnginePool
const drainMs = 60_000
const closers: (() => Promise<unknown>)[] = []

/** Pauses that somebody waits for. */
const pauses = new Set<{ readonly ms: number }>()
const clock: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => {
    const pause = { ms }
    pauses.add(pause)
    await systemClock.sleep(ms, signal).finally(() => pauses.delete(pause))
  },
}

const makePool = (): EnginePool => {
  const deps = { stateDirectory: directory, environment: process.env, clock, log: silentLog }
  const made = createEnginePool(deps)
  closers.push(() => made.close())
  return made
}
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'engine-pool-'))
  pool = makePool()
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  rmSync(directory, { recursive: true, force: true })
})

const launchesOf = (...options: readonly FakeOptions[]) => {
  const deployments = options.map((option) => fakeDeployment(directory, option))
  const architecture = architectureSchema.parse({
    version: 1,
    name: 'test',
    deployments,
    routes: [{ name: 'chat', strategy: { deployment: deployments[0]?.id } }],
  })
  return planLaunches(architecture, { environment: process.env, directory }).launches
}
const apply = async (...options: readonly FakeOptions[]) => {
  const change = await pool.change(launchesOf(...options), { drainMs })
  change.adopt()
  return change
}
const pidsAt = async (port: number): Promise<number[]> =>
  (await (await fetch(`http://127.0.0.1:${port}/pids`)).json()) as number[]
const answersAt = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    () => true,
    () => false,
  )
/** One that has ended and is not yet buried counts as gone. */
const isThere = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

describe('engines', { timeout: 60_000 }, () => {
  it('start side by side, tell their progress, and are ready together', async () => {
    const [a, b] = [await freePort(), await freePort()]
    const seen: EngineProgress[] = []
    const launches = launchesOf({ id: 'a', port: a, env: { FAKE_LOAD_MS: '1500' } }, { id: 'b', port: b })
    const change = await pool.change(launches, { drainMs, onProgress: (progress) => seen.push(progress) })
    change.adopt()
    expect(await answersAt(a)).toBe(true)
    expect(await answersAt(b)).toBe(true)
    expect(pool.states()).toEqual(
      new Map([
        ['a', 'ready'],
        ['b', 'ready'],
      ]),
    )
    expect(seen.filter(({ engine }) => engine === 'a').map(({ state }) => state)).toContain('loading')
    expect(
      seen
        .filter(({ state }) => state === 'ready')
        .map(({ engine }) => engine)
        .sort(),
    ).toEqual(['a', 'b'])
  })

  it('that share accelerators start one after the other', async () => {
    const seen: EngineProgress[] = []
    const launches = launchesOf(
      { id: 'small', port: await freePort() },
      { id: 'large', port: await freePort() },
    )
    const sharing = launches.map((launch) => ({ ...launch, group: 'card' }))
    const change = await pool.change(sharing, { drainMs, onProgress: (progress) => seen.push(progress) })
    change.adopt()
    const told = seen.map(({ engine, state }) => `${engine} ${state}`)
    expect(told.at(-1)).toBe('large ready')
    expect(told.findIndex((line) => line.startsWith('large'))).toBeGreaterThan(told.indexOf('small ready'))
  })

  it('end with the pool, workers and all', async () => {
    const port = await freePort()
    await apply({ port, env: { FAKE_STUBBORN: '1' } })
    const pids = await pidsAt(port)
    expect(pids.map(isThere)).toEqual([true, true])
    await pool.close()
    expect(pids.map(isThere)).toEqual([false, false])
  })

  it('see neither the keys of providers nor what nobody gave them', async () => {
    const port = await freePort()
    vi.stubEnv('OPENAI_API_KEY', 'sk-secret')
    vi.stubEnv('HF_HOME', '/models/hub')
    await apply({ port, env: { GIVEN: 'yes' } })
    vi.unstubAllEnvs()
    const [pid] = await pidsAt(port)
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    expect(environment).toContain('GIVEN=yes')
    expect(environment).toContain('HF_HOME=/models/hub')
    expect(environment.filter((line) => line.includes('sk-secret'))).toEqual([])
  })

  it('are scraped', async () => {
    const port = await freePort()
    await apply({ port })
    await vi.waitFor(() => expect(pool.observe().engines[0]?.kvCacheUsage).toBe(0.25), { timeout: 20_000 })
    expect(pool.observe().engines).toMatchObject([
      { deployment: 'vllm', isUp: true, restarts: 0, running: 0, waiting: 2, prefixCacheHitRatio: 0.25 },
    ])
    expect(pool.observe().engines[0]?.residentBytes).toBeGreaterThan(20 * 1024 * 1024)
  })

  it('that a killed system left behind are ended before the next start', async () => {
    const [port, other] = [await freePort(), await freePort()]
    await apply({ port })
    const pids = await pidsAt(port)
    // Another pool on the same folder is what a system is after its predecessor was killed with its guards.
    pool = makePool()
    await apply({ port: other })
    expect(pids.map(isThere)).toEqual([false, false])
  })
})

describe('a change', { timeout: 60_000 }, () => {
  it('keeps an engine whose launch is the same, and ends one that is gone', async () => {
    const [a, b] = [await freePort(), await freePort()]
    await apply({ id: 'a', port: a }, { id: 'b', port: b })
    const before = await pidsAt(a)
    const change = await apply({ id: 'a', port: a })
    expect(await answersAt(b)).toBe(true)
    await change.retire()
    expect(await pidsAt(a)).toEqual(before)
    expect(await answersAt(b)).toBe(false)
    expect([...pool.states().keys()]).toEqual(['a'])
  })

  it('on another port has the new engine ready before the old one ends', async () => {
    const [old, next] = [await freePort(), await freePort()]
    await apply({ port: old })
    const change = await pool.change(launchesOf({ port: next }), { drainMs })
    expect(await answersAt(old)).toBe(true)
    expect(await answersAt(next)).toBe(true)
    change.adopt()
    await change.retire()
    expect(await answersAt(old)).toBe(false)
    expect(pool.states()).toEqual(new Map([['vllm', 'ready']]))
  })

  it('on the same port lets requests finish, and then puts the new engine in its place', async () => {
    const port = await freePort()
    const [launch] = launchesOf({ port })
    if (!launch) throw new Error('no launch')
    await apply({ port })
    const before = await pidsAt(port)
    const outcome = Promise.withResolvers<Outcome>()
    const answering = { id: 'vllm', open: async () => ({ outcome: outcome.promise }) as ChatStream }
    const guarded = pool.guard(launch, answering as unknown as ChatModel)
    const ask = () => guarded.open({} as ChatRequest, {} as ChatCall)
    await ask()

    const changed = apply({ port, args: ['--dtype', 'auto'] })
    await vi.waitFor(() => expect(pool.states().get('vllm')).toBe('down'))
    expect(await pidsAt(port)).toEqual(before)
    await expect(ask()).rejects.toMatchObject({ code: 'llm.upstream-unreachable', retryable: true })

    outcome.resolve({} as Outcome)
    await changed
    // A timer that is left would keep a system that stops alive.
    expect([...pauses].filter(({ ms }) => ms === drainMs)).toEqual([])
    expect(await pidsAt(port)).not.toEqual(before)
    expect(pool.states()).toEqual(new Map([['vllm', 'ready']]))
    // The model of the architecture before has no engine any more.
    await expect(ask()).rejects.toMatchObject({ code: 'llm.upstream-unreachable' })
  })

  it('whose engine does not start leaves everything as it was', async () => {
    const [a, b] = [await freePort(), await freePort()]
    await apply({ id: 'a', port: a })
    const before = await pidsAt(a)
    const broken = { FAKE_PRINTS: recordedOutput('no-weights') }
    await expect(
      pool.change(launchesOf({ id: 'a', port: a }, { id: 'b', port: b, env: broken }), { drainMs }),
    ).rejects.toMatchObject({ code: 'engine.model-missing', params: { deployment: 'b' } })
    expect(await pidsAt(a)).toEqual(before)
    expect(pool.states()).toEqual(new Map([['a', 'ready']]))
  })

  it('that fails on the same port brings the old engine back', async () => {
    const port = await freePort()
    await apply({ port })
    const broken = { FAKE_PRINTS: recordedOutput('no-weights') }
    await expect(pool.change(launchesOf({ port, env: broken }), { drainMs })).rejects.toMatchObject({
      code: 'engine.model-missing',
    })
    await vi.waitFor(() => expect(pool.states().get('vllm')).toBe('ready'), { timeout: 20_000 })
    expect(await answersAt(port)).toBe(true)
  })

  it('goes on trying an engine that could not come back after a failed change', async () => {
    const port = await freePort()
    const notes = join(directory, 'refuse')
    const picky = { FAKE_REFUSE: notes }
    await apply({ port, env: picky })
    writeFileSync(notes, 'not now')
    const broken = { FAKE_PRINTS: recordedOutput('no-weights') }
    await expect(pool.change(launchesOf({ port, env: broken }), { drainMs })).rejects.toThrow()
    await vi.waitFor(() => expect(pool.states().get('vllm')).toBe('down'), { timeout: 30_000 })
    rmSync(notes)
    await vi.waitFor(() => expect(pool.states().get('vllm')).toBe('ready'), { timeout: 30_000 })
    expect(await answersAt(port)).toBe(true)
  })

  it('goes without an engine that can be missed, tells why, and tries it again', async () => {
    const [a, b] = [await freePort(), await freePort()]
    const notes = join(directory, 'refuse')
    writeFileSync(notes, 'not now')
    const seen: EngineProgress[] = []
    const options = {
      drainMs,
      canMiss: (missing: ReadonlySet<string>) => !missing.has('b'),
      onProgress: (progress: EngineProgress) => seen.push(progress),
    }
    const launches = launchesOf({ id: 'a', port: a, env: { FAKE_REFUSE: notes } }, { id: 'b', port: b })
    const change = await pool.change(launches, options)
    change.adopt()
    expect(pool.states()).toEqual(
      new Map([
        ['a', 'down'],
        ['b', 'ready'],
      ]),
    )
    expect(pool.missing()).toEqual(new Set(['a']))
    expect(seen.find(({ state }) => state === 'missing')).toMatchObject({
      engine: 'a',
      reason: { code: 'engine.ended', params: { line: 'not now' } },
    })
    // A change that does not touch it neither waits for it nor starts it anew.
    const again = await pool.change(launches, { drainMs })
    again.adopt()
    expect(pool.missing()).toEqual(new Set(['a']))
    rmSync(notes)
    await vi.waitFor(() => expect(pool.states().get('a')).toBe('ready'), { timeout: 30_000 })
    expect(pool.missing()).toEqual(new Set())
    expect(seen.at(-1)).toMatchObject({ engine: 'a', state: 'ready' })
  })

  it('can be given up while an engine loads', async () => {
    const port = await freePort()
    const stop = new AbortController()
    const launches = launchesOf({ port, env: { FAKE_LOAD_MS: '60000' } })
    const change = pool.change(launches, { drainMs, signal: stop.signal })
    const log = join(directory, 'logs', 'vllm.log')
    await vi.waitFor(() => expect(existsSync(log)).toBe(true), { timeout: 20_000 })
    stop.abort(new Error('in a hurry'))
    await expect(change).rejects.toThrow('in a hurry')
  })
})

describe('a broken engine', { timeout: 60_000 }, () => {
  const failure = async (options: FakeOptions) => {
    const [error] = await Promise.all([
      pool.change(launchesOf(options), { drainMs }).then(
        () => undefined,
        (cause: unknown) => cause as { code: string; params: Record<string, unknown> },
      ),
    ])
    return error
  }

  it.each([
    ['wrong-flag', 'unrecognized arguments: --max-modle-len 512', 'launch.command'],
    ['no-weights', 'Cannot find any model weights', '權重檔'],
    ['unknown-model', 'LocalEntryNotFoundError', '模型路徑或名稱'],
    ['cache-too-small', '--max-model-len to at most 128', '--max-model-len'],
    ['context-too-long', 'at most 1024', '最多 1024'],
  ])('with %s says what to change, in both languages', async (name, english, chinese) => {
    const error = await failure({
      id: 'chat',
      port: await freePort(),
      env: { FAKE_PRINTS: recordedOutput(name) },
    })
    if (!error) throw new Error('it started')
    expect(render(error, 'en')).toContain('Deployment "chat"')
    expect(render(error, 'en')).toContain(english)
    expect(render(error, 'en')).toContain(join(directory, 'logs', 'chat.log'))
    expect(render(error, 'zh-TW')).toContain('部署「chat」')
    expect(render(error, 'zh-TW')).toContain(chinese)
    expect(readFileSync(join(directory, 'logs', 'chat.log'), 'utf8')).toContain(
      readFileSync(recordedOutput(name), 'utf8').slice(0, 200),
    )
  })

  it('that the kernel killed names the memory', async () => {
    const error = await failure({ port: await freePort(), env: { FAKE_KILLED: '1' } })
    expect(error).toMatchObject({ code: 'engine.out-of-memory' })
  })

  it('whose port is taken names the process that has it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    closers.push(async () => server.close())
    const { port } = server.address() as { port: number }
    const error = await failure({ port })
    expect(error).toMatchObject({
      code: 'engine.port-taken',
      params: { by: expect.stringMatching(new RegExp(`^${process.pid} \\(`)) },
    })
  })

  it('that does not become ready in time names the limit', async () => {
    const port = await freePort()
    const [launch] = launchesOf({ port, env: { FAKE_LOAD_MS: '60000' } })
    if (!launch) throw new Error('no launch')
    await expect(pool.change([{ ...launch, readyTimeoutMs: 1500 }], { drainMs })).rejects.toMatchObject({
      code: 'engine.not-ready',
      params: { seconds: 1.5 },
    })
    expect(await answersAt(port)).toBe(false)
  })
})
