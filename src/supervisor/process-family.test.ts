import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { type Clock, systemClock } from '../core/index.js'
import { endFamily, markVariable } from './process-family.js'

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
    const clock: Clock = {
      ...systemClock,
      sleep: async () => {
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
