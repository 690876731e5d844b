import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { assess, design } from '../../planner/index.js'
import { parseRequirements } from '../../spec/index.js'
import { recordedOutput } from './__fixtures__/fake-engine.js'
import { validateSettings } from './validate-settings.js'

const catalogue = loadCatalogue()
const requirements = parseRequirements(`version: 1
name: on-vllm
useCase: { kind: chat, description: A chat. }
performance: { targets: [] }
scale:
  peakRequestsPerSecond: 2
  lengths: { inputTokens: { p50: 1000, p95: 2000 }, outputTokens: { p50: 200, p95: 400 } }
hosting: { allowed: [self-hosted] }
models: { allowed: [Llama-3.1-8B-Instruct] }
`)
const { architecture, launches } = design({
  requirements,
  assessment: assess(requirements, catalogue),
  catalogue,
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'validate-settings-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A vLLM that prints the recorded help, without the lines that name one flag. */
const install = (without = 'nothing') => {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  const script = `if [ "$1" = --version ]; then echo 0.32.0; else grep -v -e "${without}" '${recordedOutput('help')}'; fi`
  writeFileSync(join(bin, 'vllm'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, 'vllm'), 0o755)
  return `${bin}:/bin:/usr/bin`
}
const validated = async (path: string) => {
  const stateDirectory = join(directory, 'state')
  const environment = { PATH: path }
  const [launch] = await validateSettings(architecture, launches, {
    catalogue,
    stateDirectory,
    directory,
    environment,
  })
  return launch?.settings ?? []
}

describe('the settings of a design', () => {
  it('are judged by the list of the engine that is installed here', async () => {
    const settings = await validated(install())
    const flags = settings.filter(({ flag }) => flag !== null)
    expect(flags.length).toBeGreaterThan(8)
    for (const { validation, flag } of flags)
      expect(validation, flag ?? '').toEqual({ against: 'vllm 0.32.0', list: 'installed', problem: null })
  })

  it('that it does not list are told, as a list without one shows', async () => {
    const settings = await validated(install('--max-num-seqs'))
    expect(settings.filter(({ validation }) => validation.problem !== null)).toMatchObject([
      {
        flag: '--max-num-seqs',
        validation: { against: 'vllm 0.32.0', list: 'installed', problem: 'unknown' },
      },
    ])
  })

  it('stay judged by the snapshot where no engine is installed', async () => {
    expect(await validated('/nowhere')).toEqual(launches[0]?.settings)
  })
})
