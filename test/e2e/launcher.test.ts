// The launcher ends with the npm that started it (npm dies of a signal and tells nobody), and not with the shell in
// which that npm was sent into the background. Once with the whole system behind it, else with a stand-in: what the
// launcher does is the same for every command.

import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findRunningSystem } from '../../src/cli/running-system.js'
import { childrenOf, leftOver } from './processes.js'
import { createSmallProject } from './small-project.js'

const bin = fileURLToPath(new URL('../../bin', import.meta.url))
const folders: string[] = []
const started: number[] = []

afterEach(async () => {
  for (const pid of started.splice(0))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

interface Command {
  readonly directory: string
  /** What `npm start` runs. */
  readonly line: string
  /** The process behind the launcher, once it does its work. */
  running(): Promise<number | undefined>
}

const serve = (): Command => {
  const { directory, architectureFile } = createSmallProject()
  folders.push(directory)
  return {
    directory,
    line: `${process.execPath} ${join(bin, 'llm-architect.mjs')} serve --architecture ${architectureFile}`,
    running: async () => (await findRunningSystem(join(directory, '.llm-architect')))?.pid,
  }
}

/** The launcher of an installed package whose program only lives, and ends when it is told to. */
const standIn = (): Command => {
  const directory = mkdtempSync(join(tmpdir(), 'launcher-'))
  folders.push(directory)
  cpSync(bin, join(directory, 'bin'), { recursive: true })
  mkdirSync(join(directory, 'dist', 'bundle'), { recursive: true })
  const note = join(directory, 'pid')
  const program = `require('node:fs').writeFileSync(process.argv[2], String(process.pid))
process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1000)`
  writeFileSync(join(directory, 'dist', 'bundle', 'main.js'), program)
  return {
    directory,
    line: `${process.execPath} ${join(directory, 'bin', 'llm-architect.mjs')} ${note}`,
    running: async () => (existsSync(note) && Number(readFileSync(note, 'utf8'))) || undefined,
  }
}

/** Has an npm, which `start` starts, run the command. @returns both, once the command does its work */
const underNpm = async (command: Command, start: (directory: string) => ChildProcess) => {
  const { directory, line } = command
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'small', scripts: { start: line } }))
  const top = start(directory)
  for (;;) {
    const running = await command.running()
    const pids = childrenOf(top.pid ?? 0).map(({ pid }) => pid)
    started.splice(0, started.length, ...pids)
    if (running !== undefined) return { top, pids, running }
    expect(top.exitCode).toBeNull()
    await delay(50)
  }
}

/** The environment without what the npm that runs these tests has set. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
)

describe.skipIf(process.platform !== 'linux')('the launcher', { timeout: 60_000 }, () => {
  it.each([
    ['SIGTERM', 'a stand-in', standIn],
    ['SIGKILL', 'serve', serve],
  ] as const)('under npm ends, with all its children, after %s: %s', async (signal, _what, command) => {
    const { top, pids, running } = await underNpm(command(), (cwd) =>
      spawn('npm', ['start'], { cwd, env: environment, stdio: 'ignore' }),
    )
    expect(pids).toContain(running)
    expect(pids.length).toBeGreaterThanOrEqual(command === serve ? 4 : 3)
    top.kill(signal)
    expect(await leftOver(pids, 30_000)).toEqual([])
  })

  it('under an npm in the background goes on when the shell of that npm ends', async () => {
    const { top, pids, running } = await underNpm(standIn(), (cwd) =>
      spawn('sh', ['-c', 'npm start & wait'], { cwd, env: environment, stdio: 'ignore' }),
    )
    const ended = new Promise((resolve) => top.once('close', resolve))
    top.kill('SIGKILL')
    await ended
    // Longer than the launcher needs to notice.
    await delay(2_000)
    expect(await leftOver([running], 0)).toEqual([running])
    process.kill(running, 'SIGTERM')
    expect(await leftOver(pids, 30_000)).toEqual([])
  })
})
