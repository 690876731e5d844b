// `serve` starts real engines by the names that `doctor --fix` installed them under: vLLM on the task model's safetensors,
// and Triton on a repository that is written for it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageFile } from '../../src/cli/package-file.js'
import { childrenOf, leftOver } from '../e2e/processes.js'
import { freePort } from './engine-process.js'
import { home } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

const weights = packageFile('examples/bank-support/models/banking-intents')
let system: ServedSystem

beforeAll(async () => {
  process.env.LLM_ARCHITECT_ENGINES = home
  const [vllm, triton, metrics] = [await freePort(), await freePort(), await freePort()]
  const vllmFlags = ['--dtype', 'float32', '--enforce-eager', '--max-model-len', '512', '--max-num-seqs', '8']
  const tools = ['--enable-auto-tool-choice', '--tool-call-parser', 'hermes']
  const metricsFlags = ['--metrics-address', '127.0.0.1', '--metrics-port', `${metrics}`]
  system = await serveOn({
    deployments: [
      {
        id: 'vllm',
        engine: 'vllm',
        model: 'intents',
        address: `http://127.0.0.1:${vllm}/v1`,
        contextLength: 512,
        launch: {
          command: [
            'vllm',
            'serve',
            weights,
            '--served-model-name',
            'intents',
            '--host',
            '127.0.0.1',
            '--port',
            `${vllm}`,
            ...vllmFlags,
            ...tools,
          ],
        },
      },
      {
        id: 'triton',
        engine: 'triton',
        model: 'intents',
        address: `http://127.0.0.1:${triton}`,
        contextLength: 512,
        options: { dialect: 'vllm', template: { message: '<|user|>{content}', answer: '<|assistant|>' } },
        launch: {
          command: [
            'tritonserver',
            '--model-repository',
            './repository',
            '--allow-grpc',
            'false',
            '--http-address',
            '127.0.0.1',
            '--http-port',
            `${triton}`,
            ...metricsFlags,
          ],
          models: { intents: weights },
        },
      },
    ],
    routes: { vllm: { deployment: 'vllm' }, triton: { deployment: 'triton' } },
  })
})
// The last test has closed it already, where all went well; what it could not do is that test's failure.
afterAll(() => system?.close().catch(() => {}))

const messages = [{ role: 'user' as const, content: 'My card has not arrived yet.' }]

describe('engines that serve starts', () => {
  it('answer behind the gateway: vLLM with the tool that is offered', async () => {
    const answer = await system.client.chat.completions.create({
      model: 'vllm',
      messages,
      temperature: 0,
      tools: [{ type: 'function', function: { name: 'banking_intent', parameters: { type: 'object' } } }],
    })
    const call = answer.choices[0]?.message.tool_calls?.[0]
    expect(call?.type === 'function' && call.function).toMatchObject({
      name: 'banking_intent',
      arguments: expect.stringContaining('card_arrival'),
    })
  })

  it('and Triton, whose repository was written before', async () => {
    const answer = await system.client.chat.completions.create({
      model: 'triton',
      messages,
      temperature: 0,
      max_tokens: 8,
    })
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0)
  })

  it('are told in /health, and gone when serve ends', async () => {
    const health = await (await fetch(`${system.url}/health`)).text()
    expect(health).toContain('engine:vllm')
    const pids = childrenOf(system.process.pid).map(({ pid }) => pid)
    expect(pids.length).toBeGreaterThan(4)
    await system.close()
    expect(await leftOver(pids, 20_000)).toEqual([])
  })
})
