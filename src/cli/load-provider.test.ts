// Packages of the AI SDK in a project of a user: made ones, and one that is really installed.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRenderer } from '../core/index.js'
import { architectureSchema, type Deployment } from '../spec/index.js'
import { checkProviders } from './check-providers.js'
import { loadProvider } from './load-provider.js'
import { cliMessages } from './messages.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-provider-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const secret = 'sk-0123456789abcdef'
const environment = { PROVIDER_KEY: secret }
const keyReference = `\${env:PROVIDER_KEY}`
const deploymentOf = (options: object, more: object = {}): Deployment => {
  const [deployment] = architectureSchema.parse({
    version: 1,
    name: 'test',
    deployments: [{ id: 'house', engine: 'ai-sdk', model: 'large', options, ...more }],
    routes: [{ name: 'chat', strategy: { deployment: 'house' } }],
  }).deployments
  if (!deployment) throw new Error('no deployment')
  return deployment
}
const load = (options: object, more: object = {}, apiKey?: string) =>
  loadProvider(deploymentOf(options, more), apiKey, { environment, directory })

/** A package that keeps what its provider is made with in the id of its models. */
const install = (
  name: string,
  source: string,
  manifest: object = { exports: { '.': { import: './index.js' } } },
) => {
  const folder = join(directory, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name, version: '1.2.3', type: 'module', ...manifest }),
  )
  writeFileSync(join(folder, 'index.js'), source)
}
const providerIn = (version: string, name = 'createFake') => `
export const ${name} = (settings) => {
  const make = (kind) => (id) => ({ specificationVersion: '${version}', modelId: JSON.stringify({ kind, id, settings }) })
  return { languageModel: make('default'), chat: make('chat') }
}
`

describe('a provider', () => {
  it('is made with its settings, and a key and an address where the deployment has them', async () => {
    install('@vendor/models', providerIn('v4'))
    const options = {
      package: '@vendor/models',
      method: 'chat',
      settings: { region: 'tpe', credentials: { privateKey: keyReference } },
    }
    const {
      model,
      version,
      options: read,
    } = await load(options, { address: 'https://models.example/v1' }, 'the-key')
    expect(JSON.parse(model.modelId)).toEqual({
      kind: 'chat',
      id: 'large',
      settings: {
        baseURL: 'https://models.example/v1',
        apiKey: 'the-key',
        region: 'tpe',
        credentials: { privateKey: secret },
      },
    })
    expect(version).toBe('1.2.3')
    expect(read.secrets).toEqual([secret])
  })

  it('may be in an entry of a package, or be the one of several that is named', async () => {
    install('vendor', providerIn('v3', 'createOne') + providerIn('v3', 'createTwo'), {
      exports: { '.': { import: './none.js' }, './cloud': { import: './index.js' } },
    })
    const { model } = await load({ package: 'vendor/cloud', export: 'createTwo' })
    expect(model.specificationVersion).toBe('v3')
    await expect(load({ package: 'vendor/cloud' })).rejects.toMatchObject({
      code: 'cli.provider-broken',
      params: { detail: 'options.export: createOne | createTwo' },
    })
  })

  it('is taken from a package that is really installed', async () => {
    const modules = fileURLToPath(new URL('../../node_modules/@ai-sdk', import.meta.url))
    mkdirSync(join(directory, 'node_modules'))
    symlinkSync(modules, join(directory, 'node_modules/@ai-sdk'))
    const { model } = await load(
      { package: '@ai-sdk/openai-compatible', settings: { name: 'house' } },
      { address: 'http://127.0.0.1:9/v1' },
    )
    expect(model).toMatchObject({ specificationVersion: 'v4', modelId: 'large' })
  })
})

describe('what keeps a provider from being used is told in both languages', () => {
  const render = createRenderer(cliMessages)
  const problemOf = async (options: object) => {
    const [check] = await checkProviders([deploymentOf(options)], { environment, directory })
    if (!check?.problem) throw new Error('no problem')
    return {
      code: check.problem.code,
      en: render(check.problem, 'en'),
      zh: render(check.problem, 'zh-TW'),
    }
  }

  it('a package that is not there, with the command that installs it', async () => {
    const { code, en, zh } = await problemOf({ package: '@ai-sdk/google-vertex/anthropic' })
    expect(code).toBe('cli.provider-missing')
    for (const said of [en, zh]) {
      expect(said).toMatch(/npm install @ai-sdk\/google-vertex$/)
      expect(said).toContain(directory)
    }
    expect(zh).toMatch(/尚未安裝/)
  })

  it('a package of another version of the specification', async () => {
    install('vendor', providerIn('v2'))
    const { code, en, zh } = await problemOf({ package: 'vendor' })
    expect(code).toBe('cli.provider-version')
    for (const said of [en, zh]) expect(said).toMatch(/vendor 1\.2\.3.*v2.*v3.*v4/)
  })

  it.each<[string, string, RegExp]>([
    ['export const other = 1', 'cli.provider-broken', /options\.export: \?/],
    [
      'export const createFake = () => ({ chat: () => ({}) })',
      'cli.provider-broken',
      /options\.method: chat/,
    ],
    [
      "export const createFake = ({ token }) => { throw new Error('bad ' + token) }",
      'cli.provider-broken',
      /bad \[key\]/,
    ],
    ["throw new Error('of no use')", 'cli.provider-broken', /of no use/],
  ])('a package that is of no use: %s', async (source, code, reason) => {
    install('vendor', source)
    const problem = await problemOf({ package: 'vendor', settings: { token: keyReference } })
    expect(problem.code).toBe(code)
    for (const said of [problem.en, problem.zh]) {
      expect(said).toMatch(reason)
      expect(said).not.toContain(secret)
    }
  })

  it.each<[object, string, RegExp]>([
    [{}, 'cli.engine-options-invalid', /options\.package/],
    [{ package: 'vendor', setings: {} }, 'cli.engine-options-invalid', /setings/],
    [
      { package: 'vendor', settings: { credentials: { secretAccessKey: 'AKIA' } } },
      'cli.engine-options-invalid',
      /options\.settings\.credentials\.secretAccessKey: \$\{env:NAME\}/,
    ],
    [{ package: 'vendor', settings: { apiKey: `\${env:NOBODY}` } }, 'cli.secret-missing', /NOBODY/],
  ])('options that are wrong: %j', async (options, code, place) => {
    const problem = await problemOf(options)
    expect(problem.code).toBe(code)
    expect(problem.en).toMatch(place)
  })

  it('while the path of a secret is none', async () => {
    install('vendor', providerIn('v4'))
    const { model } = await load({ package: 'vendor', settings: { keyFilename: './key.json' } })
    expect(model.modelId).toContain(join('.', 'key.json'))
  })
})

it('no provider is looked for below the folder of architecture.yaml', async () => {
  install('vendor', providerIn('v4'))
  await expect(
    loadProvider(deploymentOf({ package: 'vendor' }), undefined, {
      environment,
      directory: dirname(directory),
    }),
  ).rejects.toMatchObject({ code: 'cli.provider-missing' })
})
