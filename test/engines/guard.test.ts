// The guard of these tests: an engine never outlives who started it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { leftOver } from '../e2e/processes.js'

const guard = join(import.meta.dirname, 'engine-guard.mjs')

/** A program that ignores SIGTERM and has a child. */
const stubborn = 'trap "" TERM; sleep 600 & echo child $!; wait; wait'

const start = async () => {
  const child = spawn(process.execPath, [guard, 'sh', '-c', stubborn], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ENGINE_GUARD_GRACE_MS: '500' },
  })
  let log = ''
  const add = (chunk: Buffer) => {
    log += chunk.toString('utf8')
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const pidAfter = (word: string) => Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(log)?.[1] ?? 0)
  await expect.poll(() => pidAfter('group') > 0 && pidAfter('child') > 0, { timeout: 20_000 }).toBe(true)
  return { child, pids: [pidAfter('group'), pidAfter('child')] }
}

it('ends the engine and its children when its starter is gone', async () => {
  const { child, pids } = await start()
  child.stdin.destroy()
  await once(child, 'close')
  expect(await leftOver(pids)).toEqual([])
})

it('leaves them running until then', async () => {
  const { child, pids } = await start()
  expect(await leftOver(pids)).toEqual(pids)
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(await leftOver(pids)).toEqual([])
})
