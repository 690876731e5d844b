import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog, systemClock } from '../core/index.js'
import type { ProgramSpec } from './guard-program.js'
import { membersOf } from './process-family.js'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js'
import { type SupervisedProgram, superviseProgram } from './supervise-program.js'

const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url))
const closers: (() => Promise<unknown>)[] = []
let directory: string
let port: number

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'program-'))
  port = await freePort()
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await rm(directory, { recursive: true, force: true })
})

const listen = async (): Promise<Server> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
const portOf = (server: Server) => (server.address() as AddressInfo).port
const freePort = async () => {
  const server = await listen()
  const free = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return free
}

const optionsOf = (habits: readonly string[], overrides: Partial<ProgramSpec> = {}) => ({
  name: 'engine',
  guardEntry: fixture('guard.mjs'),
  args: {
    spec: {
      command: [process.execPath, fixture('program.mjs'), String(port), ...habits],
      cwd: directory,
      host: '127.0.0.1',
      port,
      readyUrl: `http://127.0.0.1:${port}/health`,
      readyTimeoutMs: 120_000,
      logFile: join(directory, 'logs', 'engine.log'),
      recordFile: join(directory, 'engines', 'engine.json'),
      graceMs: 1000,
      ...overrides,
    },
  },
  restart: { initialDelayMs: 1, maxDelayMs: 20, maxStartAttempts: 2 },
})

const supervise = (habits: readonly string[], overrides: Partial<ProgramSpec> = {}): SupervisedProgram => {
  const options = optionsOf(habits, overrides)
  const program = superviseProgram({ ...options, env: process.env, clock: systemClock, log: silentLog })
  closers.push(() => program.close())
  return program
}

const family = async (): Promise<ProcessIdentity[]> => {
  const pids = (await (await fetch(`http://127.0.0.1:${port}/pids`)).json()) as number[]
  return Promise.all(pids.map(identifyProcess))
}
const running = async (members: readonly ProcessIdentity[]) =>
  (await Promise.all(members.map(isRunning))).filter(Boolean).length
const untilGone = (members: readonly ProcessIdentity[]) =>
  vi.waitFor(async () => expect(await running(members)).toBe(0), { timeout: 20_000, interval: 50 })

describe('a program', { timeout: 60_000 }, () => {
  it('is ready when it answers, and says its process and its memory', async () => {
    const program = supervise([])
    expect(program.state()).toBe('starting')
    await program.ready
    const [leader] = await family()
    const status = await program.status()
    expect(status?.pid).toBe(leader?.pid)
    expect(status?.residentBytes).toBeGreaterThan(10 * 1024 * 1024)
  })

  it('is started again when it ends, for as long as it takes', async () => {
    const program = supervise([])
    await program.ready
    for (let round = 1; round <= 2; round++) {
      const before = await family()
      await fetch(`http://127.0.0.1:${port}/crash`).catch(() => {})
      await vi.waitFor(() => expect(program.restarts()).toBe(round), { timeout: 20_000 })
      expect((await family())[0]?.pid).not.toBe(before[0]?.pid)
    }
  })

  it('that crashes at once is given up with what it said last', async () => {
    const program = supervise(['crash'])
    await expect(program.ready).rejects.toMatchObject({
      code: 'supervisor.child-not-started',
      params: { attempts: 2 },
      cause: { code: 'fixture.failed', params: { detail: 'exit code 3, no such luck' } },
    })
    expect(program.state()).toBe('failed')
    expect(await program.status()).toBeNull()
  })

  it('that does not exist is given up with the reason', async () => {
    const program = supervise([], { command: [join(directory, 'nothing')] })
    await expect(program.ready).rejects.toMatchObject({ cause: { params: { detail: 'ENOENT, ' } } })
  })

  it('that never answers is ended when its time is up, and not tried again', async () => {
    const program = supervise(['silent', 'workers'], { readyTimeoutMs: 2000 })
    await expect(program.ready).rejects.toMatchObject({
      code: 'fixture.hopeless',
      params: { kind: 'not-ready', detail: 'still loading' },
    })
  })

  it('is not mistaken for another one that answers on its port', async () => {
    const other = await listen()
    port = portOf(other)
    closers.push(() => new Promise((resolve) => other.close(resolve)))
    await expect(supervise([]).ready).rejects.toMatchObject({
      code: 'fixture.hopeless',
      params: { kind: 'port-taken', detail: expect.stringMatching(new RegExp(`^${process.pid} \\(`)) },
    })
  })

  it('that prints 100 MB is ready all the same, and its log stays bounded', async () => {
    const program = supervise(['chatty'])
    await program.ready
    const log = join(directory, 'logs', 'engine.log')
    const sizes = await Promise.all([log, `${log}.1`].map(async (path) => (await stat(path)).size))
    for (const size of sizes) expect(size).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect((await readFile(log, 'utf8')).trimEnd().endsWith('said it all')).toBe(true)
    expect((await stat(log)).mode & 0o077).toBe(0)
  })
})

describe('the end', { timeout: 60_000 }, () => {
  it.each([[['stubborn', 'workers']], [['workers']]])(
    'of %j takes all it started with it, in whatever session',
    async (habits) => {
      const program = supervise(habits)
      await program.ready
      const members = await family()
      expect(members).toHaveLength(3)
      expect(await running(members)).toBe(3)
      await program.close()
      expect(await running(members)).toBe(0)
    },
  )

  it('of a crash takes the workers with it before the restart', async () => {
    const program = supervise(['workers'])
    await program.ready
    const members = await family()
    await fetch(`http://127.0.0.1:${port}/crash`).catch(() => {})
    await vi.waitFor(() => expect(program.restarts()).toBe(1), { timeout: 20_000 })
    expect(await running(members)).toBe(0)
  })

  it('comes in the middle of a start too', async () => {
    const program = supervise(['silent', 'stubborn', 'workers'])
    const log = join(directory, 'logs', 'engine.log')
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('still loading'), {
      timeout: 20_000,
    })
    const { mark } = JSON.parse(await readFile(join(directory, 'engines', 'engine.json'), 'utf8')) as {
      mark: string
    }
    expect(membersOf({ leader: undefined, mark })).toHaveLength(3)
    await program.close()
    expect(membersOf({ leader: undefined, mark })).toEqual([])
  })
})

describe('kill -9', { timeout: 60_000 }, () => {
  const startParent = async (habits: readonly string[]): Promise<ChildProcess> => {
    const parent = spawn(
      process.execPath,
      [fixture('program-parent.mjs'), JSON.stringify(optionsOf(habits))],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    closers.push(async () => parent.kill('SIGKILL'))
    await once(parent.stdout as NodeJS.ReadableStream, 'data')
    return parent
  }

  it('of the parent leaves nothing, not even of a program that ignores SIGTERM', async () => {
    const parent = await startParent(['stubborn', 'workers'])
    const members = await family()
    expect(await running(members)).toBe(3)
    parent.kill('SIGKILL')
    await untilGone(members)
  })

  it('of the guard leaves nothing once it is started again or closed', async () => {
    const program = supervise(['stubborn', 'workers'])
    await program.ready
    const first = await family()
    process.kill(await guardOf(first[0]?.pid ?? 0), 'SIGKILL')
    await vi.waitFor(() => expect(program.restarts()).toBe(1), { timeout: 20_000 })
    expect(await running(first)).toBe(0)
    const second = await family()
    process.kill(await guardOf(second[0]?.pid ?? 0), 'SIGKILL')
    await program.close()
    expect(await running(second)).toBe(0)
  })

  it('of parent and guard at once leaves what the next start ends', async () => {
    const parent = await startParent(['stubborn', 'workers'])
    const members = await family()
    const guard = await guardOf(members[0]?.pid ?? 0)
    parent.kill('SIGKILL')
    process.kill(guard, 'SIGKILL')
    await once(parent, 'exit')
    expect(await running(members)).toBe(3)
    const next = supervise([])
    await next.ready
    expect(await running(members)).toBe(0)
  })
})

const guardOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
}
