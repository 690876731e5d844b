import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { type Clock, systemClock } from '../core/index.js'
import { endFamily, markVariable } from './process-family.js'

const statOf = (pid = 0) => readFileSync(`/proc/${pid}/stat`, 'utf8')
const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8')

it.skipIf(process.platform !== 'linux')(
  'ends a member that is just becoming the program which carries the mark',
  { timeout: 60_000 },
  async () => {
    const mark = randomUUID()
    // Without an environment, as every process is for a moment when it becomes another program, until it is told.
    const member = spawn('/bin/sh', ['-c', `read _; exec env ${markVariable}=${mark} sleep 1000`], {
      env: {},
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = once(member, 'exit')
    const pid = member.pid as number
    await vi.waitFor(() => expect(environmentOf(pid)).toBe(''), { timeout: 20_000, interval: 5 })
    let hasBecome = false
    const clock: Clock = {
      ...systemClock,
      sleep: async (ms) => {
        if (hasBecome) return systemClock.sleep(ms)
        hasBecome = true
        member.stdin.write('\n')
        await vi.waitFor(() => expect(environmentOf(pid)).toContain(mark), { timeout: 20_000, interval: 5 })
      },
    }
    try {
      await endFamily({ leader: undefined, mark }, { clock, graceMs: 0 })
      const isEnded = await Promise.race([ended.then(() => true), systemClock.sleep(5000).then(() => false)])
      expect(isEnded).toBe(true)
    } finally {
      member.kill('SIGKILL')
    }
  },
)

it.skipIf(process.platform !== 'linux')(
  'waits for members that are leaving, and no longer say whose they are',
  { timeout: 60_000 },
  async () => {
    for (let round = 0; round < 8; round++) {
      const mark = randomUUID()
      const program = 'setInterval(() => {}, 1000); console.log("ready")'
      const member = spawn(process.execPath, ['-e', program], {
        env: { [markVariable]: mark },
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      await once(member.stdout, 'data')
      const exited = once(member, 'exit')
      member.kill('SIGKILL')
      await endFamily({ leader: undefined, mark }, { clock: systemClock, graceMs: 0 })
      const isLeft = existsSync(`/proc/${member.pid}/stat`) && !/\) [ZX] /.test(statOf(member.pid))
      expect(isLeft).toBe(false)
      await exited
    }
  },
)
