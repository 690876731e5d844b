import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireDirectoryLock, readDirectoryLock } from './directory-lock.js'

const holder = fileURLToPath(new URL('./__fixtures__/lock-holder.mjs', import.meta.url))
let directory: string
let children: ChildProcess[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'))
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(directory, { recursive: true, force: true })
})

/** Starts a process that tries to take the lock, and returns what it says. */
const contend = async () => {
  const child = spawn(process.execPath, [holder, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: said.toString().trim() }
}

/** Leaves the lock of a process that was killed. */
const leaveDeadLock = async () => {
  const { child, said } = await contend()
  expect(said).toBe('taken')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const lockFile = async () => JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'))

describe('acquireDirectoryLock', () => {
  it('refuses a second owner and names the first', async () => {
    const lock = await acquireDirectoryLock(directory)
    await expect(acquireDirectoryLock(directory)).rejects.toMatchObject({
      code: 'supervisor.directory-locked',
      params: { directory, pid: process.pid, startedAt: lock.startedAt },
    })
    expect((await contend()).said).toBe('supervisor.directory-locked')
    await lock.release()
    expect((await contend()).said).toBe('taken')
  })

  it.each(['', '{"token":', 'null', '{}'])('says that a lock is damaged: %j', async (text) => {
    await writeFile(join(directory, 'lock.json'), text)
    const damaged = { code: 'supervisor.lock-unreadable', params: { file: join(directory, 'lock.json') } }
    await expect(acquireDirectoryLock(directory)).rejects.toMatchObject(damaged)
    await expect(readDirectoryLock(directory)).rejects.toMatchObject(damaged)
  })

  it('tells others what the owner wants them to know, readable by this user only', async () => {
    const lock = await acquireDirectoryLock(directory, { token: 'secret' })
    expect((await stat(join(directory, 'lock.json'))).mode & 0o777).toBe(0o600)
    await lock.update({ token: 'secret', url: 'http://127.0.0.1:8080' })
    expect((await stat(join(directory, 'lock.json'))).mode & 0o777).toBe(0o600)
    expect(await readDirectoryLock(directory)).toEqual({
      pid: process.pid,
      startedAt: lock.startedAt,
      info: { token: 'secret', url: 'http://127.0.0.1:8080' },
    })
    await lock.release()
    expect(await readDirectoryLock(directory)).toBeUndefined()
    expect(await readdir(directory)).toEqual([])
  })

  it('takes over the lock of a process that was killed', async () => {
    await leaveDeadLock()
    expect(await readDirectoryLock(directory)).toBeUndefined()
    const lock = await acquireDirectoryLock(directory)
    expect(await lockFile()).toMatchObject({ pid: process.pid })
    await lock.release()
  })

  it.runIf(process.platform === 'linux')('is not fooled by a process id that was used again', async () => {
    const lock = await acquireDirectoryLock(directory)
    const file = await lockFile()
    await writeFile(
      join(directory, 'lock.json'),
      JSON.stringify({ ...file, token: 'old', owner: { ...file.owner, start: 'other-boot:1' } }),
    )
    expect(await readDirectoryLock(directory)).toBeUndefined()
    const next = await acquireDirectoryLock(directory)
    expect((await lockFile()).token).not.toBe('old')
    await lock.release()
    await next.release()
  })

  it('lets exactly one of many take over a dead lock', async () => {
    for (let round = 0; round < 5; round++) {
      await leaveDeadLock()
      const attempts = await Promise.allSettled(
        Array.from({ length: 12 }, () => acquireDirectoryLock(directory)),
      )
      const won = attempts.filter((attempt) => attempt.status === 'fulfilled')
      const refused = attempts.filter((attempt) => attempt.status === 'rejected')
      expect(won).toHaveLength(1)
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'supervisor.directory-locked' })
      await won[0]?.value.release()
      expect(await readdir(directory)).toEqual([])
    }
  })

  it('lets exactly one of several processes take over a dead lock', async () => {
    await leaveDeadLock()
    const said = (await Promise.all(Array.from({ length: 5 }, contend))).map((contender) => contender.said)
    expect(said.filter((word) => word === 'taken')).toHaveLength(1)
    expect(said.filter((word) => word === 'supervisor.directory-locked')).toHaveLength(4)
  })

  it('survives a process that was killed while it took over', async () => {
    await leaveDeadLock()
    const dead = await lockFile()
    await writeFile(join(directory, `lock-claim-${dead.token}.json`), JSON.stringify({ ...dead, token: 'b' }))
    await writeFile(join(directory, 'lock-claim-b.json'), JSON.stringify({ ...dead, token: 'c' }))
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => acquireDirectoryLock(directory)),
    )
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1)
    expect(await readdir(directory)).toEqual(['lock.json'])
  })

  it('waits for an owner that is about to let go, when asked to', async () => {
    const first = await acquireDirectoryLock(directory)
    const second = acquireDirectoryLock(directory, {}, { waitMs: 10_000 })
    await first.release()
    await (await second).release()
    expect(await readdir(directory)).toEqual([])
  })

  it('says so when the directory cannot be written', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    await expect(acquireDirectoryLock(join(file, 'below'))).rejects.toMatchObject({
      code: 'supervisor.directory-unwritable',
    })
  })
})
