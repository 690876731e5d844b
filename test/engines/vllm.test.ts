// Real vLLM behind the gateway: what a client gets through us is what vLLM says.

import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vllmUrl } from './engine-addresses.js'
import { servedName } from './engines-home.js'
import { collectStream, readCounter, type ServedSystem, serveOn } from './serve-on.js'

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

const greedy = {
  messages: [{ role: 'user' as const, content: 'What does a transfer to another bank cost?' }],
  temperature: 0,
  max_tokens: 24,
}
const throughUs = { ...greedy, model: 'chat' }
const counter = (name: string) => readCounter(`${vllmUrl()}/metrics`, name)

const collect = (body: Partial<OpenAI.ChatCompletionCreateParamsStreaming>) =>
  collectStream(system.client, { ...throughUs, ...body })

describe('an answer of vLLM', () => {
  it('comes through word for word, with its usage', async () => {
    const [expected, answer] = [
      await direct.chat.completions.create({ ...greedy, model: servedName }),
      await system.client.chat.completions.create(throughUs),
    ]
    expect(answer.choices[0]?.message.content).toBe(expected.choices[0]?.message.content)
    expect(answer.choices[0]?.finish_reason).toBe(expected.choices[0]?.finish_reason)
    expect(answer.usage).toMatchObject({
      prompt_tokens: expected.usage?.prompt_tokens,
      completion_tokens: expected.usage?.completion_tokens,
    })
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0)
  })

  it('comes through streamed, in pieces that make the same text', async () => {
    const whole = await system.client.chat.completions.create(throughUs)
    const { text, finish, usage, chunks } = await collect({})
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(finish).toEqual([whole.choices[0]?.finish_reason])
    expect(usage?.completion_tokens).toBe(whole.usage?.completion_tokens)
    expect(chunks.length).toBeGreaterThan(3)
  })

  it('is counted as vLLM counts it', async () => {
    const before = {
      prompt: await counter('vllm:prompt_tokens_total'),
      answer: await counter('vllm:generation_tokens_total'),
    }
    const { usage } = await system.client.chat.completions.create(throughUs)
    const streamed = await collect({})
    const after = {
      prompt: await counter('vllm:prompt_tokens_total'),
      answer: await counter('vllm:generation_tokens_total'),
    }
    expect(after.prompt - before.prompt).toBe(
      (usage?.prompt_tokens ?? 0) + (streamed.usage?.prompt_tokens ?? 0),
    )
    expect(after.answer - before.answer).toBe(
      (usage?.completion_tokens ?? 0) + (streamed.usage?.completion_tokens ?? 0),
    )
  })

  it('keeps its log probabilities, streamed or not', async () => {
    const asked = { logprobs: true, top_logprobs: 2, max_tokens: 6 }
    const expected = await direct.chat.completions.create({ ...greedy, ...asked, model: servedName })
    const tokens = (choice: OpenAI.ChatCompletion.Choice | undefined) =>
      choice?.logprobs?.content?.map(({ token }) => token)
    const answer = await system.client.chat.completions.create({ ...throughUs, ...asked })
    expect(tokens(answer.choices[0])).toEqual(tokens(expected.choices[0]))
    expect(answer.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2)
    const { chunks } = await collect(asked)
    const streamed = chunks.flatMap(({ choices }) => choices[0]?.logprobs?.content ?? [])
    expect(streamed.map(({ token }) => token)).toEqual(tokens(expected.choices[0]))
    expect(streamed[0]?.logprob).toBeCloseTo(expected.choices[0]?.logprobs?.content?.[0]?.logprob ?? 0, 3)
  })

  it('ends after as many tokens as were asked for', async () => {
    const { choices, usage } = await system.client.chat.completions.create({ ...throughUs, max_tokens: 5 })
    expect(choices[0]?.finish_reason).toBe('length')
    expect(usage?.completion_tokens).toBe(5)
  })

  it('ends before a stop word', async () => {
    const whole = (await system.client.chat.completions.create(throughUs)).choices[0]?.message.content ?? ''
    const stop = whole.slice(6, 9)
    const { choices } = await system.client.chat.completions.create({ ...throughUs, stop })
    expect(choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(stop)))
    expect(choices[0]?.finish_reason).toBe('stop')
    expect((await collect({ stop })).text).toBe(whole.slice(0, whole.indexOf(stop)))
  })

  it('follows a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: { kind: { type: 'string', enum: ['wire', 'card'] } },
      required: ['kind'],
      additionalProperties: false,
    }
    const { choices } = await system.client.chat.completions.create({
      ...throughUs,
      max_tokens: 400,
      response_format: { type: 'json_schema', json_schema: { name: 'fee', schema } },
    })
    expect(['wire', 'card']).toContain(JSON.parse(choices[0]?.message.content ?? '{}').kind)
  })
})

describe('a tool call of vLLM', () => {
  const tools: OpenAI.ChatCompletionTool[] = [
    {
      type: 'function',
      function: {
        name: 'get_fee',
        strict: true,
        parameters: {
          type: 'object',
          properties: { kind: { type: 'string', enum: ['wire', 'card'] } },
          required: ['kind'],
          additionalProperties: false,
        },
      },
    },
  ]
  const asked = { tools, tool_choice: 'required' as const, max_tokens: 500 }

  it('comes through with arguments of its schema', async () => {
    const { choices } = await system.client.chat.completions.create({ ...throughUs, ...asked })
    const [call] = choices[0]?.message.tool_calls ?? []
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_fee' } })
    const text = call?.type === 'function' ? call.function.arguments : '{}'
    expect(['wire', 'card']).toContain(JSON.parse(text).kind)
    expect(choices[0]?.finish_reason).toBe('tool_calls')
  })

  it('comes through in pieces', async () => {
    const { chunks, finish } = await collect(asked)
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
    expect(calls.find((call) => call.function?.name)?.function?.name).toBe('get_fee')
    const text = calls.map((call) => call.function?.arguments ?? '').join('')
    expect(['wire', 'card']).toContain(JSON.parse(text).kind)
    expect(finish).toEqual(['tool_calls'])
  })
})

describe('vLLM under our gateway', () => {
  it('reuses a prefix that requests share, and the client is told', async () => {
    const shared = 'The fee schedule of the bank, which every question is about. '.repeat(8)
    const ask = (question: string) =>
      system.client.chat.completions.create({
        ...throughUs,
        max_tokens: 4,
        messages: [
          { role: 'system', content: shared },
          { role: 'user', content: question },
        ],
      })
    await ask('What does a transfer cost?')
    const before = await counter('vllm:prefix_cache_hits_total')
    const { usage } = await ask('What does a card cost?')
    expect((await counter('vllm:prefix_cache_hits_total')) - before).toBeGreaterThanOrEqual(128)
    expect(usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThanOrEqual(128)
  })

  it('refuses a prompt that is too long, in its own words', async () => {
    const content = 'a question that does not end '.repeat(400)
    const refused = system.client.chat.completions.create({
      ...throughUs,
      messages: [{ role: 'user', content }],
    })
    await expect(refused).rejects.toMatchObject({ status: 400 })
    await expect(refused).rejects.toThrow(/1024/)
  })

  it('answers sixteen at a time, each its own question', async () => {
    const questions = Array.from({ length: 16 }, (_, i) => `Question ${i}: what does it cost?`)
    const ask = (client: OpenAI, model: string, content: string) =>
      client.chat.completions.create({
        ...greedy,
        model,
        messages: [{ role: 'user', content }],
        max_tokens: 8,
      })
    const answers = await Promise.all(questions.map((question) => ask(system.client, 'chat', question)))
    const counted = await Promise.all(
      questions.map(async (question) => (await ask(direct, servedName, question)).usage?.prompt_tokens),
    )
    expect(answers.map(({ usage }) => usage?.prompt_tokens)).toEqual(counted)
    expect(answers.every(({ usage }) => (usage?.completion_tokens ?? 0) > 0)).toBe(true)
  })
})
