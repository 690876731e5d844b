// What vLLM has beside chats, through the gateway: raw texts that it goes on writing, and the tokens of a text.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vllmUrl } from './engine-addresses.js'
import { servedName } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

let system: ServedSystem
let direct: OpenAI

beforeAll(async () => {
  direct = new OpenAI({ baseURL: `${vllmUrl()}/v1`, apiKey: 'none', maxRetries: 0 })
  system = await serveOn({
    deployments: [
      { id: 'vllm', engine: 'vllm', model: servedName, address: `${vllmUrl()}/v1`, contextLength: 1024 },
    ],
    routes: { chat: { deployment: 'vllm' } },
  })
})
afterAll(() => system?.close())

const ask = async (url: string, body: object) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a raw text', () => {
  const asked = { temperature: 0, max_tokens: 12, logprobs: 2, echo: true, n: 1 }

  it.each<{ readonly prompt: OpenAI.CompletionCreateParams['prompt'] }>([
    { prompt: 'A transfer costs' },
    { prompt: ['A transfer costs', 'The fee is'] },
    { prompt: [5, 6, 7] },
  ])('goes on as vLLM has it go on: %j', async ({ prompt }) => {
    const expected = await direct.completions.create({ ...asked, prompt, model: servedName })
    const answer = await system.client.completions.create({ ...asked, prompt, model: 'chat' })
    const said = ({ choices }: OpenAI.Completion) =>
      choices.map(({ text, finish_reason }) => [text, finish_reason])
    expect(said(answer)).toEqual(said(expected))
    expect(answer.choices[0]?.logprobs?.tokens).toEqual(expected.choices[0]?.logprobs?.tokens)
    expect(answer.usage?.total_tokens).toBe(expected.usage?.total_tokens)
  })

  it('is streamed', async () => {
    const whole = await system.client.completions.create({
      ...asked,
      prompt: 'A transfer costs',
      model: 'chat',
    })
    const stream = await system.client.completions.create({
      ...asked,
      prompt: 'A transfer costs',
      model: 'chat',
      stream: true,
    })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.text ?? ''
    expect(text).toBe(whole.choices[0]?.text)
  })

  it('that is wrong is refused in the words of vLLM', async () => {
    const wrong = { model: 'chat', prompt: 'a', max_tokens: 100_000 }
    await expect(system.client.completions.create(wrong)).rejects.toMatchObject({ status: 400 })
  })
})

describe('the tokens of vLLM', () => {
  it.each([
    { prompt: 'A transfer costs NT$15.', return_token_strs: true },
    { prompt: 'A transfer costs', add_special_tokens: false },
    { messages: [{ role: 'user', content: 'What does a transfer cost?' }] },
    { messages: [{ role: 'user', content: 'Hi' }], add_generation_prompt: false },
  ])('are told: %j', async (request) => {
    const expected = await ask(`${vllmUrl()}/tokenize`, { ...request, model: servedName })
    const answer = await ask(`${system.url}/tokenize`, { ...request, model: 'chat' })
    expect(answer).toEqual({ status: 200, body: { ...expected.body, exact: true } })
    const { tokens } = answer.body
    const text = await ask(`${system.url}/detokenize`, { tokens, model: 'chat' })
    expect(text).toEqual(await ask(`${vllmUrl()}/detokenize`, { tokens, model: servedName }))
  })
})
