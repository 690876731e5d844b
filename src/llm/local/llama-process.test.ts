// A local model over its real process: llama.cpp with tiny models that the tests write.

import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testCall } from '../__fixtures__/call.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import type { LogProbability } from '../contract.js'
import {
  asking,
  createLocalProcesses,
  type LoadedModel,
  type LocalProcess,
  type LocalProcesses,
} from './__fixtures__/local-process.js'
import { randomAdapter, randomModel, sayingModel } from './__fixtures__/tiny-models.js'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const call = ['<tool_call>\n{"name": "', 'fee', '", "arguments": {"kind": "transfer"}}\n</tool_call>']
const script = {
  hello: ['Good', ' day', '.'],
  fees: call,
  endless: [' tock', 'endless'],
  thinking: ['<think>', 'Fees?', '</think>', '\n\nNT$15.'],
  steps: ['one', ' two', ' three', ' four'],
}
/** 中 and é, each token a byte. */
const byteScript = { bytes: [0xe4, 0xb8, 0xad, 0xc3, 0xa9] }
const fee = {
  name: 'fee',
  parameters: { type: 'object', properties: { kind: { enum: ['transfer', 'card'] } }, required: ['kind'] },
}

let processes: LocalProcesses
let saying: LocalProcess
let random: LoadedModel
let randomPath: string

beforeAll(async () => {
  processes = await createLocalProcesses()
  randomPath = await processes.write('random.gguf', randomModel())
  saying = processes.start(await processes.write('saying.gguf', sayingModel(script, byteScript)), {
    contextLength: 8192,
  })
  random = processes.load(randomPath)
  await Promise.all([saying.model.ready, random.model.ready])
})
afterAll(() => processes.close())

describe('an answer', () => {
  it('is streamed token by token, and counted exactly', async () => {
    const stream = await saying.model.open(asking('hello'), testCall())
    const frames = await collect(stream)
    expect(eventsOf(frames).filter(({ type }) => type === 'text')).toMatchObject([
      { text: 'Good' },
      { text: ' day' },
      { text: '.' },
    ])
    const { usage, finish } = await stream.outcome
    // <|im_start|>, six bytes of "user: " with its space as one token, and the cue; then three pieces and the end.
    expect(usage).toMatchObject({ input: { total: 8 }, output: { total: 4 } })
    expect(finish.get(0)).toBe('stop')
    const exact = await saying.model.countTokensExactly(asking('hello'))
    expect(exact).toEqual({ tokens: 8, exact: true })
  })

  it('has the tokens that the tokenizer tells', async () => {
    const { tokenizer } = saying.model
    const chat = await tokenizer.tokenize({ chat: asking('hello') }, testCall())
    expect(chat).toMatchObject({ tokens: { length: 8 }, contextLength: 8192 })
    const text = { text: 'Good day.', addsSpecialTokens: false, extra: {} }
    const { tokens, texts } = await tokenizer.tokenize(text, testCall())
    expect(texts?.join('')).toBe('Good day.')
    expect(tokens).toHaveLength(texts?.length ?? 0)
    expect(await tokenizer.detokenize(tokens, testCall())).toBe('Good day.')
    for (const id of [-1, 1e9])
      await expect(tokenizer.detokenize([id], testCall())).rejects.toMatchObject({
        code: 'llm.request-unreadable',
        params: { field: 'tokens' },
      })
  })

  it('comes whole when it is not streamed', async () => {
    const frames = await collect(await saying.model.open(asking('hello', { stream: false }), testCall()))
    expect(frames).toHaveLength(1)
    expect(textOf(frames)).toBe('Good day.')
  })

  it('never says half a character', async () => {
    const stream = await saying.model.open(asking('bytes'), testCall())
    const said = eventsOf(await collect(stream)).filter(({ type }) => type === 'text')
    expect(said).toMatchObject([{ text: '中' }, { text: 'é' }])
    expect((await stream.outcome).usage.output.total).toBe(6)
    expect((await saying.ask('bytes', { maxOutputTokens: 4 })).choices).toMatchObject([
      { text: '中', finish: 'length' },
    ])
  })

  it('is parted from the thinking before it, which is counted', async () => {
    const { choices, outcome } = await saying.ask('thinking')
    expect(choices).toMatchObject([{ reasoning: 'Fees?', text: 'NT$15.', finish: 'stop' }])
    expect(outcome.usage.output).toEqual({ total: 5, reasoning: 2 })
  })

  it('ends at its limit, at a stop string, and at the end of the context', async () => {
    expect((await saying.ask('endless', { maxOutputTokens: 5 })).choices).toMatchObject([
      { finish: 'length' },
    ])
    expect((await saying.ask('steps', { stop: [' three'] })).choices).toMatchObject([
      { text: 'one two', finish: 'stop' },
    ])
    const small = processes.load(processes.path('saying.gguf'), { contextLength: 256, sequences: 1 })
    const { choices, outcome } = await small.ask('endless')
    expect(choices).toMatchObject([{ finish: 'length' }])
    expect(outcome.usage.input.total + outcome.usage.output.total).toBe(256)
  })

  it('a prompt that does not fit is refused with its size, and what helps', async () => {
    await expect(random.ask('x'.repeat(3000))).rejects.toMatchObject({
      code: 'llm.context-exceeded',
      params: { tokens: expect.any(Number), contextLength: 2048 },
      message: expect.stringContaining('raise contextLength: the model was trained on 4096'),
    })
    const beyond = processes.load(randomPath, { contextLength: 9000, sequences: 1 })
    await expect(beyond.ask('x'.repeat(5000))).rejects.toMatchObject({
      code: 'llm.context-exceeded',
      params: { contextLength: 4096 },
      message: expect.not.stringContaining('raise'),
    })
  })

  it('the same seed says the same, another one something else', async () => {
    const sample = async (seed: number) =>
      (await random.ask('hello', { temperature: 1, seed, maxOutputTokens: 24 })).choices[0]?.text
    const first = await sample(1)
    expect(await sample(1)).toBe(first)
    expect(await sample(2)).not.toBe(first)
  })

  it('is given up in the middle, and its sequence is free again', async () => {
    // Left to itself this answer would go on for 65,000 tokens.
    const only = processes.load(processes.path('saying.gguf'), {
      contextLength: 65_536,
      sequences: 1,
      maxWaiting: 0,
    })
    const stream = await only.model.open(asking('endless'), testCall())
    expect((await stream.cancel('client-gone')).end).toBe('cancelled')
    await vi.waitFor(
      async () => expect((await only.ask('hello')).choices[0]?.text).toBe('Good day.'),
      patience,
    )
  })
})

const patience = { timeout: 15_000, interval: 20 }

describe('several requests', () => {
  const questions = ['What does a transfer cost?', 'Is the branch open?', 'My card is lost.']
  const answer = async (text: string, process = random) =>
    (await process.ask(text, { maxOutputTokens: 40 })).choices[0]?.text

  it('are decoded together, and each is answered as if it were alone', async () => {
    const alone: (string | undefined)[] = []
    for (const question of questions) alone.push(await answer(question))
    expect(new Set(alone).size).toBe(questions.length)
    expect(await Promise.all(questions.map((question) => answer(question)))).toEqual(alone)
  })

  it('wait for a sequence when there are more of them', async () => {
    const twice = [...questions, ...questions]
    const all = await Promise.all(twice.map((question) => answer(question)))
    expect(all.slice(0, 3)).toEqual(all.slice(3))
  })

  it('are refused when the queue is full, with a word on when to come again', async () => {
    const narrow = processes.load(processes.path('saying.gguf'), {
      contextLength: 8192,
      sequences: 1,
      maxWaiting: 1,
    })
    const speaking = await narrow.model.open(asking('endless'), testCall())
    const waiting = narrow.ask('hello')
    const refused = narrow.ask('hello')
    await expect(refused).rejects.toMatchObject({
      code: 'llm.queue-full',
      retryable: true,
      params: { status: 429, waiting: 1 },
    })
    await speaking.cancel('client-gone')
    expect((await waiting).choices[0]?.text).toBe('Good day.')
  })
})

describe('a prompt that begins like an earlier one', () => {
  const long = 'The fees of the bank, in words. '.repeat(10)

  it('is computed from there, and answered as if it were new', async () => {
    const first = await random.ask(`${long}First question?`, { maxOutputTokens: 30 })
    const again = await random.ask(`${long}Second question?`, { maxOutputTokens: 30 })
    expect(first.outcome.usage.input.cacheRead).toBeLessThan(20)
    expect(again.outcome.usage.input.cacheRead).toBeGreaterThan(long.length)
    const fresh = processes.load(randomPath)
    const alone = await fresh.ask(`${long}Second question?`, { maxOutputTokens: 30 })
    expect(alone.outcome.usage.input.cacheRead).toBe(0)
    expect(again.choices).toEqual(alone.choices)
  })

  it('is computed anew for another tenant', async () => {
    const { model } = processes.load(randomPath, { sequences: 1 })
    const cachedFor = async (tenant: string) => {
      const stream = await model.open(asking(long, { maxOutputTokens: 4 }), testCall({ tenant }))
      await collect(stream)
      return (await stream.outcome).usage.input.cacheRead
    }
    expect(await cachedFor('one')).toBe(0)
    expect(await cachedFor('one')).toBeGreaterThan(long.length)
    expect(await cachedFor('another')).toBe(0)
  })
})

describe('a tool call', () => {
  it('is read from text in the form of Hermes', async () => {
    const { choices } = await saying.ask('fees', { tools: [fee] })
    expect(choices).toMatchObject([
      { text: '', finish: 'tool_calls', toolCalls: [{ name: 'fee', arguments: '{"kind": "transfer"}' }] },
    ])
  })

  it('is text when its tool was not offered, or none may be called', async () => {
    const other = await saying.ask('fees', { tools: [{ ...fee, name: 'rate' }] })
    expect(other.choices).toMatchObject([{ text: call.join(''), finish: 'stop', toolCalls: [] }])
    const none = await saying.ask('fees', { tools: [fee], toolChoice: 'none' })
    expect(none.choices).toMatchObject([{ text: call.join(''), toolCalls: [] }])
  })

  it('can be forced on a model that would say something else', async () => {
    for (const toolChoice of ['required', { name: 'fee' }] as const) {
      const tools = [fee, { ...fee, name: 'rate' }]
      const { choices } = await random.ask('hello', { tools, toolChoice, temperature: 1, seed: 3 })
      const [choice] = choices
      expect(choice?.finish).toBe('tool_calls')
      expect(['fee', ...(toolChoice === 'required' ? ['rate'] : [])]).toContain(choice?.toolCalls[0]?.name)
      expect(['transfer', 'card']).toContain(JSON.parse(choice?.toolCalls[0]?.arguments ?? '{}').kind)
    }
  })

  it('that breaks its schema is refused where the schema binds', async () => {
    const parameters = { ...fee.parameters, properties: { kind: { const: 'card' } } }
    const tool = { ...fee, parameters }
    expect((await saying.ask('fees', { tools: [tool] })).choices[0]?.toolCalls).toHaveLength(1)
    await expect(saying.ask('fees', { tools: [{ ...tool, strict: true }] })).rejects.toMatchObject({
      code: 'llm.answer-invalid',
      retryable: true,
      params: { field: 'tools.fee' },
    })
  })

  it('carries the log probabilities of its tokens', async () => {
    const stream = await saying.model.open(asking('fees', { tools: [fee], logprobs: { top: 1 } }), testCall())
    const spoken = eventsOf(await collect(stream)).find(({ type }) => type === 'tool-call')
    expect(spoken).toMatchObject({ logprobs: call.map((token) => ({ token })) })
  })
})

describe('JSON', () => {
  const schema = {
    type: 'object',
    properties: {
      verdict: { enum: ['yes', 'no', '也許'] },
      score: { type: 'integer' },
      note: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
      tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 1, maxItems: 3 },
      nested: {
        type: 'object',
        properties: { a: { type: 'number' } },
        required: ['a'],
        additionalProperties: false,
      },
    },
    required: ['verdict', 'tags'],
    additionalProperties: false,
    $defs: { tag: { type: 'object', properties: { id: { const: 7 } }, required: ['id'] } },
  }
  const format = { type: 'json-schema', name: 'verdict', schema } as const

  it('follows its schema, whatever the model would rather say', async () => {
    const validate = new Ajv2020().compile(schema)
    const optional = new Set<string>()
    for (let seed = 0; seed < 6; seed++) {
      const { choices } = await random.ask('hello', { responseFormat: format, temperature: 1, seed })
      const value = JSON.parse(choices[0]?.text ?? '')
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true)
      for (const name of ['score', 'note', 'nested']) if (name in value) optional.add(name)
    }
    // What is not required is left to the model.
    expect(optional.size).toBeGreaterThan(0)
  })

  it.each([{ minimum: 18, maximum: 120 }, { exclusiveMinimum: -5, maximum: 1203 }, { minimum: 7 }])(
    'an integer keeps its bounds %j',
    async (bounds) => {
      const range = { type: 'integer', ...bounds }
      for (let seed = 0; seed < 4; seed++) {
        const responseFormat = { ...format, schema: range }
        const { choices } = await random.ask('hello', { responseFormat, temperature: 1, seed })
        expect(JSON.parse(choices[0]?.text ?? '')).toBeGreaterThanOrEqual(bounds.minimum ?? -4)
        expect(JSON.parse(choices[0]?.text ?? '')).toBeLessThanOrEqual(bounds.maximum ?? Infinity)
      }
    },
  )

  it('bounds between which nothing lies are refused before anything is computed', async () => {
    const responseFormat = { ...format, schema: { type: 'integer', minimum: 3, maximum: 2 } }
    await expect(random.ask('hello', { responseFormat })).rejects.toMatchObject({
      code: 'llm.schema-not-supported',
    })
  })

  it('that no grammar could hold to its schema is refused afterwards', async () => {
    const even = { type: 'integer', minimum: 10 ** 17 }
    await expect(
      random.ask('hello', { responseFormat: { ...format, schema: even }, temperature: 1, seed: 1 }),
    ).rejects.toMatchObject({ code: 'llm.answer-invalid', retryable: true })
  })

  it('an object is an object', async () => {
    const { choices } = await random.ask('hello', {
      responseFormat: {
        type: 'json-schema',
        name: 'map',
        schema: { type: 'object', additionalProperties: false },
      },
      temperature: 1,
    })
    expect(JSON.parse(choices[0]?.text ?? '')).toEqual({})
  })

  it('a schema beyond every grammar is refused before anything is computed', async () => {
    const foreign = { $ref: 'https://example.com/schema.json' }
    await expect(
      random.ask('hello', { responseFormat: { ...format, schema: foreign } }),
    ).rejects.toMatchObject({
      retryable: false,
      code: expect.stringMatching(/^llm\.schema-/),
    })
  })
})

describe('log probabilities', () => {
  it('the chosen token is the likeliest, and all of them together are certain at most', async () => {
    const request = asking('hello', { logprobs: { top: 20 }, maxOutputTokens: 12 })
    const events = eventsOf(await collect(await random.model.open(request, testCall())))
    const tokens = events.flatMap((event): readonly LogProbability[] =>
      event.type === 'text' ? (event.logprobs ?? []) : [],
    )
    expect(tokens.length).toBeGreaterThanOrEqual(11)
    for (const { logprob, top = [] } of tokens) {
      expect(top).toHaveLength(20)
      expect(top[0]?.logprob).toBe(logprob)
      expect(top.reduce((sum, one) => sum + Math.exp(one.logprob), 0)).toBeLessThanOrEqual(1.0001)
      expect(top.toSorted((a, b) => b.logprob - a.logprob)).toEqual(top)
    }
  })

  it('are absent when nobody asked', async () => {
    const events = eventsOf(
      await collect(await random.model.open(asking('hello', { maxOutputTokens: 4 }), testCall())),
    )
    expect(events.some((event) => 'logprobs' in event)).toBe(false)
  })
})

describe('an adapter', () => {
  it('changes what the model says, by its scale', async () => {
    const path = await processes.write('adapter.gguf', randomAdapter())
    const say = async (scale: number) =>
      (await processes.load(randomPath, { lora: [{ path, scale }] }).ask('hello', { maxOutputTokens: 24 }))
        .choices[0]?.text
    const plain = (await random.ask('hello', { maxOutputTokens: 24 })).choices[0]?.text
    expect(await say(1)).not.toBe(plain)
    expect(await say(0)).toBe(plain)
  })
})

describe('embeddings', () => {
  it('are unit vectors, the same for the same text', async () => {
    const { vectors, tokens } = await random.model.embed(['hello', 'fees', 'hello'])
    expect(vectors.map((vector) => vector.length)).toEqual([64, 64, 64])
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    expect(vectors[2]).toEqual(vectors[0])
    expect(vectors[1]).not.toEqual(vectors[0])
    expect(tokens).toBe(14)
  })
})
