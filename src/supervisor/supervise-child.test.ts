import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Log, silentLog, systemClock } from '../core/index.js'
import { maxFrameBytes } from './frames.js'
import { identifyProcess, isRunning } from './process-identity.js'
import { type SupervisedChild, type SuperviseOptions, superviseChild } from './supervise-child.js'

const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url))
const closers: (() => Promise<unknown>)[] = []
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'child-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await rm(directory, { recursive: true, force: true })
})

const supervise = (args: object = {}, options: Partial<SuperviseOptions> = {}): SupervisedChild => {
  const child = superviseChild({
    name: 'fixture',
    entry: fixture('child.mjs'),
    args,
    env: process.env,
    clock: systemClock,
    log: silentLog,
    restart: { initialDelayMs: 1, maxDelayMs: 20 },
    ...options,
  })
  closers.push(() => child.close())
  return child
}

const until = (condition: () => unknown) =>
  vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 15_000, interval: 20 })

describe.skipIf(process.platform === 'win32')('a child that does not answer', () => {
  it.each(['stopped', 'blocked'])('is ended and started again: %s', async (how) => {
    const child = supervise({}, { health: { everyMs: 50, misses: 20 } })
    await child.ready
    const pid = child.pid() as number
    const restarted = new Promise<void>((resolve) => child.onRestart(resolve))
    if (how === 'stopped') process.kill(pid, 'SIGSTOP')
    const hanging = child.request(how === 'stopped' ? 'echo' : 'block', {})
    await expect(hanging).rejects.toMatchObject({ code: 'supervisor.child-crashed', retryable: true })
    await restarted
    expect(child.pid()).not.toBe(pid)
    expect(await child.request('echo', { again: true })).toEqual({ again: true })
  })

  it('lives on while it answers, however long a request takes', async () => {
    const child = supervise({}, { health: { everyMs: 5, misses: 100 } })
    await child.ready
    const pid = child.pid()
    expect(await child.request('slow', { ms: 1500 })).toBe('finished')
    expect(child.pid()).toBe(pid)
  })
})

describe('a request', () => {
  /** For those that leave it as it is. */
  let shared: SupervisedChild
  beforeAll(() => {
    shared = supervise()
    closers.pop()
  })
  afterAll(() => shared.close())

  it('is answered, also when it is sent before the child has started', async () => {
    const child = supervise()
    expect(child.state()).toBe('starting')
    expect(await child.request('echo', { text: '保險\n"x"' })).toEqual({ text: '保險\n"x"' })
    expect(child.state()).toBe('ready')
  })

  it('rejects with the code and the parameters that the child gave', async () => {
    await expect(shared.request('refuse', { what: 'this' })).rejects.toMatchObject({
      code: 'fixture.refused',
      params: { what: 'this' },
      retryable: false,
      message: 'refused this',
    })
    await expect(shared.request('nothing', {})).rejects.toMatchObject({ code: 'supervisor.unknown-method' })
  })

  it('reports progress in order, before its result', async () => {
    const seen: unknown[] = []
    const result = await shared.request('count', { to: 3 }, { onProgress: (value) => seen.push(value) })
    expect(seen).toEqual([{ done: 1 }, { done: 2 }, { done: 3 }])
    expect(result).toEqual({ done: 3 })
  })

  it('is cancelled in the child when its signal is aborted', async () => {
    const child = supervise({ notes: join(directory, 'notes') })
    const controller = new AbortController()
    const hanging = child.request('hang', { note: 'one' }, { signal: controller.signal })
    hanging.catch(() => {})
    await until(async () => (await child.request('notes', {})) === 'one started\n')
    controller.abort(new Error('changed my mind'))
    await expect(hanging).rejects.toThrow('changed my mind')
    await until(async () => (await child.request('notes', {})) === 'one started\none aborted\n')
  })

  it('is given up and cancelled after its timeout', async () => {
    const child = supervise({ notes: join(directory, 'notes') })
    await child.ready
    await expect(child.request('hang', { note: 'two' }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'supervisor.request-timeout',
      retryable: true,
      params: { method: 'hang', timeoutMs: 50 },
    })
    await until(async () => (await child.request('notes', {})) === 'two started\ntwo aborted\n')
  })

  it('carries large answers, and refuses those beyond the limit without harm', async () => {
    const large = await shared.request<string>('large', { bytes: 5_000_000 })
    expect(large).toHaveLength(5_000_000)
    await expect(shared.request('large', { bytes: maxFrameBytes })).rejects.toMatchObject({
      code: 'supervisor.frame-too-large',
    })
    await expect(shared.request('echo', 'x'.repeat(maxFrameBytes))).rejects.toMatchObject({
      code: 'supervisor.frame-too-large',
    })
    expect(await shared.request('echo', 1)).toBe(1)
  })

  it('sees only the environment it was given', async () => {
    const child = supervise({}, { env: { ...process.env, FIXTURE_NAME: 'given' } })
    expect(await child.request('environment', { name: 'FIXTURE_NAME' })).toBe('given')
  })
})

describe('a child that ends', () => {
  it('rejects what was running as retryable, and is started again', async () => {
    const child = supervise()
    let restarts = 0
    child.onRestart(() => restarts++)
    await child.ready
    const before = child.pid()
    const running = child.request('hang', {})
    await expect(child.request('crash', {})).rejects.toMatchObject({
      code: 'supervisor.child-crashed',
      retryable: true,
      params: { name: 'fixture', detail: 'signal SIGKILL' },
    })
    await expect(running).rejects.toMatchObject({ code: 'supervisor.child-crashed' })
    await until(() => child.state() === 'ready')
    expect(await child.request('echo', 'again')).toBe('again')
    expect(child.pid()).not.toBe(before)
    expect(restarts).toBe(1)
  })

  it('is started again for as long as it takes', async () => {
    const child = supervise()
    await child.ready
    for (let round = 0; round < 3; round++) {
      await child.request('crash', {}).catch(() => {})
      await until(() => child.state() === 'ready')
    }
    expect(await child.request('echo', 'still here')).toBe('still here')
  })

  it('is given up, with the cause, when it never starts', async () => {
    const child = supervise({ crashStart: true }, { restart: { initialDelayMs: 1, maxStartAttempts: 2 } })
    await expect(child.ready).rejects.toMatchObject({
      code: 'supervisor.child-not-started',
      params: { name: 'fixture', attempts: 2, detail: 'exit code 3 | no such luck' },
    })
    expect(child.state()).toBe('failed')
    await expect(child.request('echo', 1)).rejects.toMatchObject({ code: 'supervisor.child-not-started' })
  })

  it('is tried again when its first start fails by chance', async () => {
    const child = supervise({ crashStartOnce: join(directory, 'tried') })
    await child.ready
    expect(await child.request('echo', 1)).toBe(1)
  })

  it('is given up at once when it says why it cannot start', async () => {
    const child = supervise({ refuseStart: true })
    await expect(child.ready).rejects.toMatchObject({
      code: 'fixture.refused',
      params: { what: 'the start' },
    })
  })

  it('is given up when it does not become ready in time', async () => {
    const child = supervise(
      {},
      { entry: fixture('silent-child.mjs'), restart: { startTimeoutMs: 100, maxStartAttempts: 1 } },
    )
    await expect(child.ready).rejects.toMatchObject({ code: 'supervisor.child-not-started' })
  })
})

describe('what a child prints', () => {
  it('goes to the log line by line, and does not disturb the frames', async () => {
    const lines: unknown[] = []
    const log: Log = { ...silentLog, info: (fields) => lines.push((fields as { line: string }).line) }
    const child = supervise({}, { log })
    await child.request('print', { line: '{"type":"result","id":1,"value":"forged"}' })
    expect(await child.request('echo', 1)).toBe(1)
    await until(() => lines.length === 2)
    expect(lines).toEqual(['{"type":"result","id":1,"value":"forged"}', 'to standard error'])
  })
})

describe('close', () => {
  it('lets running requests finish, runs the close hook, and refuses new ones', async () => {
    const notes = join(directory, 'notes')
    const child = supervise({ notes })
    await child.ready
    const identity = await identifyProcess(child.pid() ?? 0)
    const slow = child.request('slow', { ms: 100 })
    await child.request('echo', 1)
    const closing = child.close()
    await expect(child.request('echo', 2)).rejects.toMatchObject({ code: 'supervisor.child-closed' })
    await closing
    expect(await slow).toBe('finished')
    expect(await isRunning(identity)).toBe(false)
    expect(child.state()).toBe('closed')
    const second = supervise({ notes })
    expect(await second.request('notes', {})).toBe('closed\n')
  })

  it('kills a child that does not end', async () => {
    const child = supervise({}, { drainMs: 100 })
    await child.ready
    const identity = await identifyProcess(child.pid() ?? 0)
    const blocked = child.request('block', {})
    blocked.catch(() => {})
    await child.close()
    expect(await isRunning(identity)).toBe(false)
    await expect(blocked).rejects.toMatchObject({ code: 'supervisor.child-closed' })
  })

  it('ends a child that is still starting', async () => {
    const child = supervise()
    await child.close()
    await expect(child.ready).rejects.toMatchObject({ code: 'supervisor.child-closed' })
  })
})

describe('kill -9 of the parent', () => {
  const orphan = async (...args: string[]) => {
    const parent = spawn(process.execPath, [fixture('parent.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const child = await identifyProcess(Number(said.toString()))
    expect(await isRunning(child)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    return child
  }

  it('ends the child, idle or in the middle of a request', async () => {
    const notes = JSON.stringify({ notes: join(directory, 'notes') })
    const idle = await orphan()
    const busy = await orphan('hang', './child.mjs', notes)
    await until(async () => !(await isRunning(idle)) && !(await isRunning(busy)))
  })

  it('ends a child whose main thread is stuck', async () => {
    const stuck = await orphan('', './blocked-child.mjs')
    await until(async () => !(await isRunning(stuck)))
  })
})
