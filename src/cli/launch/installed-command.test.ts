import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findOptionalEngine, stampFile } from '../optional-engines/installed-engine.js'
import { installedCommand } from './installed-command.js'
import { writeRepository } from './write-repository.js'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'installed-command-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const install = (name: string) => {
  const { versions, lock } = findOptionalEngine(name)
  mkdirSync(join(home, name, 'venv', 'lib', 'python3.11'), { recursive: true })
  const stamp = { version: 1, engine: name, versions, lock, installedAt: '2026-01-01T00:00:00Z', seconds: 1 }
  writeFileSync(join(home, name, stampFile), JSON.stringify(stamp))
}
const run = (command: readonly string[], path = '/nowhere') =>
  installedCommand(command, { enginesHome: home, environment: { PATH: path } })

describe('a command whose program doctor --fix installed', () => {
  it('runs it from where it was put, with what it needs in its environment', () => {
    install('vllm')
    const { command, env } = run(['vllm', 'serve', './model', '--port', '8000'])
    expect(command).toEqual([join(home, 'vllm', 'venv', 'bin', 'vllm'), 'serve', './model', '--port', '8000'])
    expect(env).toMatchObject({ HF_HUB_OFFLINE: '1' })
  })

  it('gets the arguments that the program needs in any case', () => {
    install('triton')
    const { command } = run(['tritonserver', '--model-repository', './triton'])
    expect(command[0]).toMatch(/tritonserver$/)
    expect(command.slice(1)).toEqual([
      '--backend-directory',
      expect.any(String),
      '--model-repository',
      './triton',
    ])
  })

  it('stays as it is where a program of the name stands in the path, none is installed, or another is named', () => {
    const asked = ['vllm', 'serve', './model']
    expect(run(asked).command).toBe(asked)
    install('vllm')
    writeFileSync(join(home, 'vllm', 'vllm'), '')
    expect(run(asked, join(home, 'vllm')).command).toBe(asked)
    expect(run(['/opt/vllm', 'serve']).command).toEqual(['/opt/vllm', 'serve'])
    expect(installedCommand(asked, { environment: {} }).command).toBe(asked)
  })
})

describe('launch.models', () => {
  const launch = (command: readonly string[]) =>
    writeRepository({ id: 'triton', command, models: { small: './weights' }, cwd: home } as never)

  it('are written as a repository before the start', async () => {
    await launch(['tritonserver', '--model-repository=./repository'])
    const config = readFileSync(join(home, 'repository', 'small', 'config.pbtxt'), 'utf8')
    expect(config).toContain('name: "small"')
    expect(config).toContain(join(home, 'weights'))
    expect(readFileSync(join(home, 'repository', 'small', '1', 'model.py'), 'utf8').length).toBeGreaterThan(
      100,
    )
  })

  it('are not written where they would hide a package of Python', async () => {
    await expect(launch(['tritonserver', '--model-repository', './triton'])).rejects.toMatchObject({
      code: 'engine.repository-hides',
    })
    await launch(['tritonserver', '--model-repository', './models/triton'])
  })

  it('need a place to be written to', async () => {
    await expect(launch(['tritonserver'])).rejects.toMatchObject({ code: 'engine.repository-missing' })
  })
})
