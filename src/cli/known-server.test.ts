import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readServers } from '../catalog/index.js'
import { silentLog, systemClock } from '../core/index.js'
import { architectureSchema, type Deployment, dialectSchema, quirksSchema } from '../spec/index.js'
import { builtInEngines, openAiCompatibleNames } from './engines.js'
import { withKnownServer } from './known-server.js'

const deploymentOf = (fields: object): Deployment => {
  const { deployments } = architectureSchema.parse({
    version: 1,
    name: 'test',
    deployments: [
      { id: 'small', engine: 'hosted-api', model: 'm', address: 'http://127.0.0.1:1/v1', ...fields },
    ],
    routes: [{ name: 'chat', strategy: { deployment: 'small' } }],
  })
  return deployments[0] as Deployment
}
const known = (fields: object) => withKnownServer(deploymentOf(fields))

describe('a deployment', () => {
  it.each([
    [
      { provider: 'mistral' },
      { toolCallIds: 'alphanumeric-9', seedField: 'random_seed', noStreamUsage: true },
    ],
    [{ provider: 'azure' }, { keyHeader: 'api-key' }],
    [{ provider: 'groq' }, { reasoningField: 'none' }],
    [{ provider: 'deepseek' }, { reasoningField: 'reasoning_content', developerAsSystem: true }],
    [{ provider: 'openrouter' }, { reasoningField: 'reasoning' }],
    [{ engine: 'ollama' }, { maxTokensField: 'max_tokens' }],
    [
      { engine: 'vllm', provider: 'mistral' },
      { keyHeader: 'authorization', reasoningField: 'none' },
    ],
    [
      { provider: 'mistral', quirks: { toolCallIds: 'any', noStreamUsage: false } },
      { toolCallIds: 'any', noStreamUsage: false, seedField: 'random_seed' },
    ],
    [{ provider: 'nobody' }, {}],
  ])('of %j has the quirks %j', (fields, quirks) => {
    expect(known(fields).quirks).toMatchObject(quirks)
  })

  it.each([
    [{}, undefined],
    [{ provider: 'anthropic' }, 'anthropic-messages'],
    [{ provider: 'anthropic', dialect: 'openai-chat' }, 'openai-chat'],
    [{ provider: 'anthropic', engine: 'openai-chat' }, 'openai-chat'],
    [{ engine: 'anthropic' }, 'anthropic-messages'],
    [{ engine: 'anthropic-messages' }, 'anthropic-messages'],
    [{ engine: 'openai-responses' }, 'openai-responses'],
    [{ engine: 'gemini' }, 'gemini'],
    [{ engine: 'vllm' }, undefined],
    [{ engine: 'vllm', dialect: 'openai-responses' }, 'openai-responses'],
    [{ engine: 'vllm', dialect: 'anthropic-messages' }, 'anthropic-messages'],
  ])('of %j is spoken to in %s', (fields, dialect) => {
    expect(known(fields).dialect).toBe(dialect)
  })
})

describe('an engine', () => {
  const openWith = (fields: object) => {
    const deployment = known(fields)
    return builtInEngines[deployment.engine]?.({
      deployment,
      facts: { contextLength: 1, tools: true, vision: false, languages: [], priceKey: 'm' },
      apiKey: undefined,
      clock: systemClock,
      log: silentLog,
      directory: '.',
      modelsDirectory: '.',
      environment: {},
    })
  }

  it.each([...openAiCompatibleNames, 'anthropic', 'anthropic-messages', 'openai-responses', 'gemini'])(
    'that is a server speaks any of the dialects: %s',
    async (engine) => {
      for (const dialect of dialectSchema.options) {
        const model = await openWith({ engine, dialect })
        expect(model?.id).toBe('small')
        await (model as unknown as { close(): Promise<void> }).close()
      }
    },
  )

  it.each(['triton', 'local', 'extractive'])('that is none refuses a dialect: %s', async (engine) => {
    await expect(async () => openWith({ engine, dialect: 'openai-responses' })).rejects.toMatchObject({
      code: 'cli.dialect-not-spoken',
    })
  })
})

describe('what is known of servers', () => {
  const servers = readServers()
  const page = readFileSync(new URL('../../docs/engines.md', import.meta.url), 'utf8')

  it('has a source for each fact', () => {
    for (const { dialect, quirks } of servers)
      for (const { source } of [...(dialect ? [dialect] : []), ...Object.values(quirks)]) {
        expect(source.origin).toMatch(/^(https:|github:)/)
        expect(source.date).toMatch(/^20\d\d-\d\d/)
      }
  })

  it.each(Object.keys(quirksSchema.shape))('the quirk %s is documented', (name) => {
    expect(page).toContain(`| \`${name}\` |`)
  })

  it('is documented, server by server', () => {
    const rows = servers.map(({ name, dialect, quirks }) => {
      const facts = Object.entries({ ...(dialect && { dialect }), ...quirks })
      const said = facts.map(
        ([fact, { value }]) => `\`${fact}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}\``,
      )
      const sources = [...new Set(facts.map(([, { source }]) => source.origin))]
      return `| \`${name}\` | ${said.join('<br>')} | ${sources.join('<br>')} |`
    })
    for (const row of rows) expect(page).toContain(row)
  })
})
