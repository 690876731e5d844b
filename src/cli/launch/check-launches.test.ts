import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { architectureSchema } from '../../spec/index.js'
import { render } from '../render.js'
import {
  type FakeDeployment,
  type FakeOptions,
  fakeDeployment,
  installFakeEngine,
} from './__fixtures__/fake-engine.js'
import { checkLaunches } from './check-launches.js'
import { planLaunches } from './engine-launch.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'check-launches-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const catalogue = loadCatalogue()
const environment = { PATH: process.env.PATH, TEST_TOKEN: 'hf_secret' }

const plan = (...deployments: readonly object[]) => {
  const { deployments: parsed } = architectureSchema.parse({
    version: 1,
    name: 'test',
    deployments,
    routes: [{ name: 'chat', strategy: { deployment: (deployments[0] as FakeDeployment).id } }],
  })
  return planLaunches({ deployments: parsed }, { environment, directory })
}
const check = async (...deployments: readonly object[]) => {
  const { launches } = plan(...deployments)
  return checkLaunches(launches, { catalogue, stateDirectory: join(directory, 'state'), environment })
}
const fake = (options: Partial<FakeOptions> = {}) => fakeDeployment(directory, { port: 8123, ...options })
const reference = (name: string) => `\${env:${name}}`
const withCommand = (deployment: FakeDeployment, command: readonly string[]) => ({
  ...deployment,
  launch: { ...deployment.launch, command },
})

describe('a launch', () => {
  it('is compared with the flags that the installed engine lists', async () => {
    const [result] = await check(fake())
    expect(result).toMatchObject({
      program: join(directory, 'bin', 'vllm'),
      checkedAgainst: 'vllm 0.32.0',
      isValidated: true,
      problems: [],
      remarks: [],
    })
  })

  it('with an unknown flag is refused with a suggestion and the name of the deployment, in both languages', async () => {
    const [result] = await check(fake({ id: 'chat', args: ['--max-modle-len', '512'] }))
    const [problem] = result?.problems ?? []
    expect(problem).toMatchObject({
      code: 'engine.flag-unknown',
      params: { deployment: 'chat', flag: '--max-modle-len', suggestion: '--max-model-len' },
    })
    if (!problem) return
    expect(render(problem, 'en')).toBe(
      'Deployment "chat": vllm 0.32.0 has no flag --max-modle-len. Did you mean --max-model-len?',
    )
    expect(render(problem, 'zh-TW')).toContain('您是不是要寫 --max-model-len？')
  })

  it('on an engine too old for a flag says so', async () => {
    const help = join(directory, 'old-help.txt')
    writeFileSync(help, '--host\n--port\n--served-model-name\n--max-model-len\n--dtype\n')
    const env = { FAKE_HELP: help, FAKE_VERSION: '0.2.7' }
    const [result] = await check(fake({ args: ['--enable-prefix-caching'], env }))
    expect(result?.problems).toMatchObject([
      { code: 'engine.too-old', params: { flag: '--enable-prefix-caching', installed: '0.2.7' } },
    ])
  })

  it('on an old engine that has every flag only remarks on it', async () => {
    const [result] = await check(fake({ env: { FAKE_VERSION: '0.9.0' } }))
    expect(result?.problems).toEqual([])
    expect(result?.remarks).toMatchObject([
      { code: 'engine.older-than-design', params: { installed: '0.9.0' } },
    ])
  })

  it('of an engine that is not installed names the line that installs it, and is compared with the catalogue', async () => {
    const [result] = await check(
      withCommand(fake(), ['vllm-not-here/vllm', 'serve', 'm', '--max-modle-len', '1']),
    )
    expect(result).toMatchObject({ program: null, isValidated: false })
    expect(result?.problems).toMatchObject([
      { code: 'engine.program-missing', params: { install: 'pip install vllm' } },
      { code: 'engine.flag-unknown', params: { suggestion: '--max-model-len', isValidated: false } },
    ])
    const [, unknown] = result?.problems ?? []
    if (!unknown) return
    expect(render(unknown, 'en')).toContain('unvalidated')
    expect(render(unknown, 'zh-TW')).toContain('未驗證')
  })

  it('of a file that is not executable is refused', async () => {
    const deployment = fake()
    chmodSync(join(directory, 'bin', 'vllm'), 0o644)
    const [result] = await check(deployment)
    expect(result?.problems).toMatchObject([{ code: 'engine.program-refused' }])
  })

  it('of a folder says that it is one', async () => {
    const [result] = await check(withCommand(fake(), [directory, '--port', '8123']))
    expect(result).toMatchObject({
      program: null,
      problems: [{ code: 'engine.program-refused', params: { program: directory, reason: 'EISDIR' } }],
    })
    const [problem] = result?.problems ?? []
    if (!problem) return
    expect(render(problem, 'en')).toContain('is a folder')
    expect(render(problem, 'zh-TW')).toContain('是資料夾')
  })

  it('of an engine that lists nothing is let go, labelled as unvalidated', async () => {
    const [result] = await check(fake({ args: ['--brand-new-flag'], env: { FAKE_HELP: '' } }))
    expect(result).toMatchObject({ isValidated: false, problems: [] })
    expect(result?.remarks).toMatchObject([
      { code: 'engine.flags-not-validated', params: { unknown: ['--brand-new-flag'] } },
    ])
  })

  it('behind a wrapper needs both programs', async () => {
    const command = ['env', 'A=1', join(directory, 'nothing', 'vllm'), 'serve', 'm']
    const [result] = await check(withCommand(fake(), command))
    expect(result?.problems).toMatchObject([
      { code: 'engine.program-missing', params: { program: command[2] } },
    ])
  })

  it('behind a wrapper that is missing names the wrapper', async () => {
    const command = ['not-a-wrapper', ...fake().launch.command]
    const [result] = await check(withCommand(fake(), command))
    expect(result?.problems).toMatchObject([
      { code: 'engine.program-missing', params: { program: 'not-a-wrapper', install: null } },
    ])
  })

  it('of a program that is no known engine is started without a check of its flags', async () => {
    const program = installFakeEngine(join(directory, 'bin', 'my-server'))
    const [result] = await check(withCommand(fake(), [program, '--anything']))
    expect(result).toMatchObject({ program, checkedAgainst: null, problems: [] })
  })

  it('asks the same engine only once, and again when it has changed', async () => {
    const cached = () => readdirSync(join(directory, 'state', 'engine-flags')).length
    await check(fake())
    expect(cached()).toBe(1)
    // The kept answer is used: this help would refuse the flag.
    const help = join(directory, 'help.txt')
    writeFileSync(help, '--a --b --c --d --e --f')
    const again = await check(fake({ env: { FAKE_HELP: help }, args: ['--max-model-len', '1'] }))
    expect(cached()).toBe(2)
    expect(again[0]?.problems).not.toEqual([])
  })
})

describe('the plan of launches', () => {
  it('starts one engine for several deployments with the same command and address', () => {
    const { launches, problems } = plan(fake({ id: 'base' }), fake({ id: 'adapter' }))
    expect(problems).toEqual([])
    expect(launches.map(({ deployments }) => deployments)).toEqual([['base', 'adapter']])
  })

  it('refuses two engines on one port, a port that differs, and an address elsewhere', () => {
    const other = { ...fake({ id: 'other', args: ['--dtype', 'auto'] }) }
    const differs = { ...fake({ id: 'differs', port: 8124 }), address: 'http://127.0.0.1:8125/v1' }
    const elsewhere = { ...fake({ id: 'elsewhere', port: 8126 }), address: 'http://192.0.2.7:8126/v1' }
    expect(plan(fake(), other, differs, elsewhere).problems).toMatchObject([
      { code: 'engine.port-shared', params: { deployment: 'other', other: 'vllm' } },
      { code: 'engine.port-differs', params: { deployment: 'differs', port: 8124 } },
      { code: 'engine.address-not-local', params: { deployment: 'elsewhere' } },
    ])
  })

  it('resolves secrets of launch.env, and restarts when one changes', () => {
    const deployment = (token: string) => fake({ env: { HF_TOKEN: token } })
    const [launch] = plan(deployment(reference('TEST_TOKEN'))).launches
    expect(launch?.env.HF_TOKEN).toBe('hf_secret')
    expect(launch?.fingerprint).not.toBe(plan(deployment('other')).launches[0]?.fingerprint)
    expect(() => plan(deployment(reference('NOT_SET')))).toThrowError(
      expect.objectContaining({ code: 'cli.secret-missing' }),
    )
  })

  it('probes and scrapes Triton where it answers', () => {
    const triton = {
      ...withCommand(fake(), ['tritonserver', '--model-repository', '/models', '--http-port', '8123']),
      engine: 'triton',
    }
    expect(plan(triton).launches[0]).toMatchObject({
      readyUrl: 'http://127.0.0.1:8123/v2/health/ready',
      metricsUrl: 'http://127.0.0.1:8002/metrics',
    })
  })
})
