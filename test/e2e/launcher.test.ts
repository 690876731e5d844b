// The launcher ends with the npm that started it (npm dies of a signal and tells nobody), and not with the shell in
// which that npm was sent into the background.

import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findRunningSystem } from '../../src/cli/running-system.js'
import { childrenOf, leftOver } from './processes.js'
import { createSmallProject, type SmallProject } from './small-project.js'

const launcher = fileURLToPath(new URL('../../bin/llm-architect.mjs', import.meta.url))
const projects: SmallProject[] = []
const started: number[] = []

afterEach(async () => {
  for (const pid of started.splice(0))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  for (const project of projects.splice(0)) project.remove()
})

/** Starts a system by way of `command`, in a folder whose `npm start` serves it. @returns it, once it listens */
const serving = async (command: (directory: string) => ChildProcess) => {
  const project = createSmallProject()
  projects.push(project)
  const serve = `${process.execPath} ${launcher} serve --architecture ${project.architectureFile}`
  const scripts = { start: serve }
  writeFileSync(join(project.directory, 'package.json'), JSON.stringify({ name: 'small', scripts }))
  const top = command(project.directory)
  const stateDirectory = join(project.directory, '.llm-architect')
  for (;;) {
    const system = await findRunningSystem(stateDirectory)
    const pids = childrenOf(top.pid ?? 0).map(({ pid }) => pid)
    started.splice(0, started.length, ...pids)
    if (system) return { top, pids, system, stateDirectory }
    expect(top.exitCode).toBeNull()
    await delay(50)
  }
}

/** The environment without what the npm that runs these tests has set. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
)

describe.skipIf(process.platform !== 'linux')('the launcher', { timeout: 60_000 }, () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'under npm ends, with all its children, after %s',
    async (signal) => {
      const { top, pids } = await serving((cwd) =>
        spawn('npm', ['start'], { cwd, env: environment, stdio: 'ignore' }),
      )
      expect(pids.length).toBeGreaterThan(3)
      top.kill(signal)
      expect(await leftOver(pids, 30_000)).toEqual([])
    },
  )

  it('under an npm in the background goes on when the shell of that npm ends', async () => {
    const { top, pids, system, stateDirectory } = await serving((cwd) =>
      spawn('sh', ['-c', 'npm start & wait'], { cwd, env: environment, stdio: 'ignore' }),
    )
    const ended = new Promise((resolve) => top.once('close', resolve))
    top.kill('SIGKILL')
    await ended
    // Longer than the launcher needs to notice.
    await delay(2_500)
    expect(await findRunningSystem(stateDirectory)).toMatchObject({ pid: system.pid })
    process.kill(system.pid, 'SIGTERM')
    expect(await leftOver(pids, 30_000)).toEqual([])
  })
})
