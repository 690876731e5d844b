// A local model behind the gateway: served, killed, reloaded and stopped. Its weights are written by the test.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServeProcess } from '../../src/cli/serve-process.js'
import { type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'
import { sayingModel } from '../../src/llm/local/__fixtures__/tiny-models.js'
import { ask } from './ask.js'
import { childrenOf, leftOver } from './processes.js'
import { runCommand } from './run-command.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const architecture = (more = '') => `version: 1
name: local
server: { port: 0, drainSeconds: 2 }
deployments:
  - id: tiny
    engine: local
    model: models/tiny.gguf
    contextLength: 4096
    options: { threads: 1, sequences: 2, gpu: false, temperature: 0 }
  - { id: quoting, engine: extractive, model: extractive }
${more}routes:
  - { name: tiny, strategy: { deployment: tiny } }
  - { name: safe, strategy: { fallback: [{ deployment: tiny }, { deployment: quoting }] } }
`

const script = {
  hello: ['Good', ' day', '.'],
  endless: [' tock', 'endless'],
  fees: ['<tool_call>\n{"name": "', 'fee', '", "arguments": {"kind": "transfer"}}\n</tool_call>'],
}

const createProject = () => {
  const directory = mkdtempSync(join(tmpdir(), 'local-project-'))
  mkdirSync(join(directory, 'models'))
  writeFileSync(join(directory, 'models', 'tiny.gguf'), sayingModel(script))
  const architectureFile = join(directory, 'architecture.yaml')
  writeFileSync(architectureFile, architecture())
  return { directory, architectureFile, stateDirectory: join(directory, '.llm-architect') }
}

const llamaProcesses = (of = process.pid) =>
  childrenOf(of)
    .filter(({ command }) => command.includes('bundle/llama.js'))
    .map(({ pid }) => pid)

let project: ReturnType<typeof createProject>
let system: ServingSystem

const serve = () => serveSystem({ ...project, environment: process.env, log: silentLog, port: 0 })

beforeAll(async () => {
  project = createProject()
  system = await serve()
})
afterAll(async () => {
  await system?.close()
  rmSync(project.directory, { recursive: true, force: true, maxRetries: 5 })
})

const post = (fields: Record<string, unknown>) =>
  fetch(`${system.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny', ...fields }),
  })
// biome-ignore lint/suspicious/noExplicitAny: an answer of the API, whose shape the tests state
const read = async (fields: Record<string, unknown>) => (await (await post(fields)).json()) as any
const user = (content: string) => ({ messages: [{ role: 'user', content }] })

describe('a local model behind the gateway', () => {
  it('answers in one piece, with exact usage', async () => {
    const answer = await read(user('hello'))
    expect(answer).toMatchObject({
      choices: [{ message: { content: 'Good day.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12 },
    })
  })

  it('streams, with the reused part of the prompt in its usage', async () => {
    const response = await post({ ...user('hello'), stream: true, stream_options: { include_usage: true } })
    const events = (await response.text())
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice('data: '.length)))
    expect(events.map((event) => event.choices[0]?.delta.content ?? '').join('')).toBe('Good day.')
    expect(events.at(-1)?.usage).toMatchObject({
      prompt_tokens: 8,
      prompt_tokens_details: { cached_tokens: 7 },
    })
  })

  it('calls tools, and tells how sure it was of each token of the call', async () => {
    const tools = [{ type: 'function', function: { name: 'fee', parameters: { type: 'object' } } }]
    const answer = await read({ ...user('fees'), tools, logprobs: true, top_logprobs: 1 })
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'fee', arguments: '{"kind": "transfer"}' } }] },
      logprobs: { content: script.fees.map((token) => ({ token, top_logprobs: [{ token }] })) },
    })
  })

  it('a prompt that does not fit is the fault of the request', async () => {
    const response = await post(user('x'.repeat(5000)))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded' } })
  })

  it('killed under load, nobody waits for ever, and it is back', async () => {
    const [pid] = llamaProcesses()
    const endless = () => post({ ...user('endless'), model: 'safe', stream: true })
    const speaking = await Promise.all([endless(), endless()])
    expect(speaking.map(({ status }) => status)).toEqual([200, 200])
    // Both sequences are taken: these have not been answered yet.
    const waiting = [endless(), endless()]
    process.kill(pid as number, 'SIGKILL')
    for (const answer of speaking) expect(await answer.text()).toContain('"error"')
    for (const answer of waiting) expect(await (await answer).text()).toContain('data: [DONE]')
    await vi.waitFor(async () => {
      const answer = await read(user('hello'))
      expect(answer.choices?.[0].message.content).toBe('Good day.')
    }, patience)
    expect(llamaProcesses()).not.toContain(pid)
  })

  it('a reload leaves one process, and a file that names a model that is not there changes nothing', async () => {
    const before = llamaProcesses()
    expect(before).toHaveLength(1)
    await system.reload()
    const after = llamaProcesses()
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
    const good = readFileSync(project.architectureFile)
    const lost = '  - { id: lost, engine: local, model: models/missing.gguf, options: { gpu: false } }\n'
    writeFileSync(project.architectureFile, architecture(lost))
    await expect(system.reload()).rejects.toMatchObject({
      code: 'llm.model-not-found',
      params: { path: join(project.directory, 'models', 'missing.gguf') },
    })
    writeFileSync(project.architectureFile, good)
    expect(llamaProcesses()).toEqual(after)
    expect((await post(user('hello'))).status).toBe(200)
  })
})

const patience = { timeout: 60_000, interval: 50 }

/** On what the running system stands on, which goes on without it. */
const serveBeside = (other: ReturnType<typeof createProject>) =>
  serveSystem({
    ...other,
    environment: process.env,
    log: silentLog,
    port: 0,
    resources: Promise.resolve({ ...system.resources, close: async () => {} }),
  })

describe('a system', () => {
  it('with a model that cannot be loaded says what to change, and ends', async () => {
    const other = createProject()
    writeFileSync(join(other.directory, 'models', 'tiny.gguf'), 'not a model')
    const before = llamaProcesses()
    try {
      await expect(serveBeside(other)).rejects.toThrow('is not a GGUF file')
      expect(llamaProcesses()).toEqual(before)
    } finally {
      rmSync(other.directory, { recursive: true, force: true, maxRetries: 5 })
    }
  })

  it('that is closed leaves no process of its model', async () => {
    const family = childrenOf(process.pid).map(({ pid }) => pid)
    expect(llamaProcesses()).toHaveLength(1)
    await system.close()
    expect(llamaProcesses()).toEqual([])
    expect(await leftOver(family)).toEqual([])
  })
})

describe('serve', () => {
  it('of a pulled model, killed, leaves no process of it', async () => {
    const other = createProject()
    try {
      const file = join(other.directory, 'models', 'tiny.gguf')
      const pull = ['models', 'pull', `file:${file}`, '--name', 'tiny']
      const pulled = await runCommand([...pull, '--yes', '--architecture', other.architectureFile])
      expect(pulled.status, pulled.stderr).toBe(0)
      writeFileSync(other.architectureFile, architecture().replace('models/tiny.gguf', 'models:tiny'))
      const serving = await startServeProcess(other.architectureFile)
      await serving.ready
      const family = childrenOf(serving.pid).map(({ pid }) => pid)
      expect(llamaProcesses(serving.pid)).toHaveLength(1)
      expect(await ask(serving.url, 'tiny', 'hello')).toMatchObject({
        status: 200,
        text: expect.stringContaining('Good day.'),
      })
      process.kill(serving.pid, 'SIGKILL')
      await serving.exited
      expect(await leftOver(family)).toEqual([])
    } finally {
      rmSync(other.directory, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})
