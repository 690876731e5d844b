// Real Triton behind the gateway, on a model repository that we wrote: prompts rendered, text streamed, tokens counted.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tritonMetricsUrl, tritonUrl, vllmUrl } from './engine-addresses.js'
import { servedName } from './engines-home.js'
import { collectStream, readCounter, type ServedSystem, serveOn } from './serve-on.js'

let system: ServedSystem

beforeAll(async () => {
  const triton = { engine: 'triton', address: tritonUrl() }
  system = await serveOn({
    deployments: [
      { id: 'triton', model: servedName, ...triton, contextLength: 1024 },
      { id: 'plain', model: servedName, ...triton, options: { template: 'plain' } },
      { id: 'absent', model: 'absent', ...triton },
    ],
    routes: {
      chat: { deployment: 'triton' },
      plain: { deployment: 'plain' },
      absent: { deployment: 'absent' },
    },
  })
})
afterAll(() => system?.close())

const content = 'What does a transfer to another bank cost?'
const request = {
  model: 'chat',
  messages: [{ role: 'user' as const, content }],
  temperature: 0,
  max_tokens: 24,
}

const collect = (body: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}) =>
  collectStream(system.client, { ...request, ...body })

describe('an answer of Triton', () => {
  it('is what vLLM says to the same prompt, and counts as many tokens', async () => {
    const vllm = new OpenAI({ baseURL: `${vllmUrl()}/v1`, apiKey: 'none', maxRetries: 0 })
    const expected = await vllm.completions.create({
      model: servedName,
      prompt: `<|im_start|>user\n${content}<|im_end|>\n<|im_start|>assistant\n`,
      temperature: 0,
      max_tokens: 24,
    })
    const { choices, usage } = await system.client.chat.completions.create(request)
    expect(choices[0]?.message.content).toBe(expected.choices[0]?.text)
    expect(choices[0]?.finish_reason).toBe(expected.choices[0]?.finish_reason)
    expect(usage).toMatchObject({
      prompt_tokens: expected.usage?.prompt_tokens,
      completion_tokens: expected.usage?.completion_tokens,
    })
  })

  it('comes in pieces when it is streamed', async () => {
    const whole = await system.client.chat.completions.create(request)
    const { chunks, text, finish, usage } = await collect()
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finish).toEqual([whole.choices[0]?.finish_reason])
    expect(usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
    expect(chunks.length).toBeGreaterThan(3)
  })

  it('ends after as many tokens as were asked for, and before a stop word', async () => {
    const short = await system.client.chat.completions.create({ ...request, max_tokens: 5 })
    expect(short).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 5 } })
    const whole = (await system.client.chat.completions.create(request)).choices[0]?.message.content ?? ''
    const stop = whole.slice(6, 9)
    const stopped = await collect({ stop })
    expect(stopped.text).toBe(whole.slice(0, whole.indexOf(stop)))
    expect(stopped.finish).toEqual(['stop'])
  })

  it('is drawn by chance, the same for the same seed', async () => {
    const draw = async (seed: number) =>
      (await system.client.chat.completions.create({ ...request, temperature: 1, top_p: 0.9, seed }))
        .choices[0]?.message.content
    expect(await draw(1)).toBe(await draw(1))
    expect(await draw(1)).not.toBe(await draw(2))
  })

  it('is the likeliest one where top_p leaves nothing else', async () => {
    const contentOf = async (settings: object) =>
      (await system.client.chat.completions.create({ ...request, ...settings })).choices[0]?.message.content
    expect(await contentOf({ temperature: 1, top_p: 0 })).toBe(await contentOf({ temperature: 0 }))
  })

  it('depends on the template of its deployment', async () => {
    const plain = await system.client.chat.completions.create({ ...request, model: 'plain' })
    const chat = await system.client.chat.completions.create(request)
    expect(plain.usage?.prompt_tokens).toBeLessThan(chat.usage?.prompt_tokens ?? 0)
  })

  it('is counted by Triton as one request each', async () => {
    const count = () => readCounter(`${tritonMetricsUrl()}/metrics`, 'nv_inference_request_success')
    const before = await count()
    await system.client.chat.completions.create({ ...request, max_tokens: 2 })
    await collect({ max_tokens: 2 })
    expect((await count()) - before).toBe(2)
  })
})

describe('what Triton refuses', () => {
  it('is told in its own words: a model it has not, a prompt that does not fit', async () => {
    const absent = system.client.chat.completions.create({ ...request, model: 'absent' })
    await expect(absent).rejects.toThrow(/absent/)
    const long = 'a question that does not end '.repeat(400)
    const messages = [{ role: 'user' as const, content: long }]
    const tooLong = system.client.chat.completions.create({ ...request, messages })
    await expect(tooLong).rejects.toThrow(/context is 1024/)
    await expect(collect({ messages })).rejects.toThrow(/context is 1024/)
  })

  it('is refused by us before it is asked: tools', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'fee', parameters: { type: 'object' } } }]
    const refused = system.client.chat.completions.create({ ...request, tools })
    await expect(refused).rejects.toMatchObject({ status: 400 })
    await expect(refused).rejects.toThrow(/tools/)
  })
})
