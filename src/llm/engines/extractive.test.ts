import { describe, expect, it } from 'vitest'
import { testCall } from '../__fixtures__/call.js'
import type { ChatRequest, Part } from '../contract.js'
import { attemptsOf, generate } from '../index.js'
import { createExtractiveModel } from './extractive.js'
import { notInDocuments } from './extractive-answer.js'

const text = 'Transfers to another bank cost NT$15 each. Transfers within our bank are free of charge.'
const request = (
  change: Partial<ChatRequest> = {},
  question = 'What do transfers to another bank cost?',
): ChatRequest => ({
  model: 'support',
  stream: true,
  extra: {},
  messages: [
    { role: 'system', parts: [{ type: 'text', text: 'Answer from the passages.', source: 'system' }] },
    {
      role: 'system',
      parts: [
        {
          type: 'text',
          text,
          source: 'retrieved',
          passage: { id: 'p', path: 'fees.md', title: 'Fees', start: 40, end: 40 + text.length, score: 7 },
        },
      ],
    },
    { role: 'user', parts: [{ type: 'text', text: question, source: 'user' }] },
  ],
  ...change,
})
const model = createExtractiveModel({ id: 'extractive' })

describe('the extractive model', () => {
  it('answers with a quotation and a citation of its place in both documents', async () => {
    const { choices, outcome } = await generate(model, request(), testCall())
    expect(choices[0]).toMatchObject({ text: 'Transfers to another bank cost NT$15 each.', finish: 'stop' })
    expect(choices[0]?.citations).toMatchObject([
      { start: 0, end: 42, passage: { path: 'fees.md', start: 40, end: 82 } },
    ])
    expect(outcome).toMatchObject({
      end: 'finished',
      attempts: [{ deployment: 'extractive', end: 'finished', usageSource: 'estimated' }],
    })
    expect(outcome.usage.output.total).toBeGreaterThan(5)
    expect(outcome.usage.input.total).toBe(model.countTokens(request()).tokens)
    expect(model.countTokens(request()).exact).toBe(false)
  })

  it('streams several frames, and one when it is not to stream', async () => {
    const count = async (stream: boolean) => {
      let frames = 0
      for await (const _frame of (await model.open(request({ stream }), testCall())).frames) frames++
      return frames
    }
    expect(await count(true)).toBe(2)
    expect(await count(false)).toBe(1)
  })

  it('refuses a prompt that its context does not hold, as a model would', async () => {
    const facts = { contextLength: 60, tools: false, vision: false, languages: [], priceKey: 'x' }
    const small = createExtractiveModel({ id: 'small', facts })
    expect((await generate(small, request(), testCall())).outcome.end).toBe('finished')
    const long = small.open(request({}, 'What? '.repeat(100)), testCall())
    await expect(long).rejects.toMatchObject({
      code: 'llm.context-exceeded',
      params: { deployment: 'small', contextLength: 60 },
    })
    await expect(long).rejects.toThrow(/Shorten it, or raise contextLength\.$/)
    expect(attemptsOf(await long.catch((error: unknown) => error))).toMatchObject([{ end: 'failed' }])
  })

  it('settles its outcome before the last frame is yielded', async () => {
    const stream = await model.open(request(), testCall())
    let settled = false
    void stream.outcome.then(() => {
      settled = true
    })
    const states: boolean[] = []
    for await (const _frame of stream.frames) {
      await Promise.resolve()
      states.push(settled)
    }
    expect(states).toEqual([false, true])
  })

  it('stops at maxOutputTokens with the finish reason length, and cites what it still says', async () => {
    const { choices } = await generate(model, request({ maxOutputTokens: 3 }), testCall())
    const [choice] = choices
    expect(choice?.finish).toBe('length')
    expect(text.startsWith(choice?.text ?? '-')).toBe(true)
    expect(choice?.citations[0]).toMatchObject({
      end: choice?.text.length,
      passage: { start: 40, end: 40 + (choice?.text.length ?? 0) },
    })
  })

  it.each([
    ['NT$15', 'Transfers to another bank cost '],
    [' each', 'Transfers to another bank cost NT$15'],
    ['Transfers', ''],
    ['dollars', 'Transfers to another bank cost NT$15 each.'],
    ['', 'Transfers to another bank cost NT$15 each.'],
  ])('ends before the text it is to stop at: %j', async (stop, said) => {
    for (const stream of [true, false]) {
      const asked = request({ stop: ['nowhere', stop], stream })
      const [choice] = (await generate(model, asked, testCall())).choices
      expect(choice).toMatchObject({ text: said, finish: 'stop' })
      expect(choice?.citations ?? []).toMatchObject(
        said === '' ? [] : [{ start: 0, end: said.length, passage: { start: 40, end: 40 + said.length } }],
      )
    }
  })

  const asked = (part: Part): Partial<ChatRequest> => ({
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is it?', source: 'user' }, part] }],
  })
  it.each<[string, Partial<ChatRequest>, string, string]>([
    ['a tool that must be called', { toolChoice: 'required' }, 'tool_choice', 'tool-calls'],
    ['one certain tool', { toolChoice: { name: 'weather' } }, 'tool_choice', 'tool-calls'],
    ['JSON', { responseFormat: { type: 'json' } }, 'response_format', 'json'],
    [
      'a schema',
      { responseFormat: { type: 'json-schema', name: 'a', schema: {} } },
      'response_format',
      'json',
    ],
    ['speech', { extra: { modalities: ['text', 'audio'] } }, 'modalities', 'audio-output'],
    ['an image', asked({ type: 'image', url: 'data:image/png;base64,AA==' }), 'messages', 'images'],
    ['audio', asked({ type: 'audio', data: 'AA==', format: 'wav' }), 'messages', 'audio-input'],
    ['a file', asked({ type: 'file', id: 'file-1' }), 'messages', 'files'],
    ['a part nobody knows', asked({ type: 'item', dialect: 'openai-chat', value: {} }), 'messages', 'files'],
  ])('refuses what it cannot do: %s', async (_name, change, field, capability) => {
    const refused = await model.open(request(change), testCall()).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'llm.not-capable',
      params: { deployment: 'extractive', field, capability },
      retryable: false,
    })
    expect(attemptsOf(refused)).toMatchObject([{ deployment: 'extractive', end: 'failed' }])
  })

  it('answers where tools are offered and need not be called', async () => {
    const tools = [{ name: 'weather', parameters: {} }]
    for (const change of [{ tools }, { tools, toolChoice: 'auto' }, { tools, toolChoice: 'none' }] as const)
      expect((await generate(model, request(change), testCall())).choices[0]?.text).toContain('NT$15')
    const plain = request({ responseFormat: { type: 'text' }, extra: { modalities: ['text'] } })
    expect((await generate(model, plain, testCall())).choices[0]?.text).toContain('NT$15')
  })

  it('gives every choice that was asked for', async () => {
    const { choices } = await generate(model, request({ choices: 2 }), testCall())
    expect(choices.map((choice) => choice.text)).toEqual(
      Array(2).fill('Transfers to another bank cost NT$15 each.'),
    )
  })

  it.each([
    ['weak evidence', request({}, 'How far away is the moon?')],
    [
      'no passage',
      request({
        messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is it?', source: 'user' }] }],
      }),
    ],
    ['no question', request({ messages: [] })],
  ])('says that the documents do not hold it: %s', async (_name, asked) => {
    const { choices } = await generate(model, asked, testCall())
    expect(choices[0]).toMatchObject({ text: notInDocuments.en, citations: [], finish: 'stop' })
  })

  it('does not take text of a user for a passage', async () => {
    const asked = request({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: `${text} What do transfers cost?`, source: 'user' }] },
      ],
    })
    expect((await generate(model, asked, testCall())).choices[0]?.text).toBe(notInDocuments.en)
  })

  it('ends quietly when it is cancelled, once for all', async () => {
    const stream = await model.open(request(), testCall())
    const [first, second] = await Promise.all([stream.cancel('client-gone'), stream.cancel('deadline')])
    expect(first).toMatchObject({ end: 'cancelled', attempts: [{ end: 'cancelled' }] })
    expect(second).toBe(first)
    let frames = 0
    for await (const _frame of stream.frames) frames++
    expect(frames).toBe(0)
  })

  it('ends with an error event when its call is aborted, and rejects when it was before', async () => {
    const abort = new AbortController()
    const stream = await model.open(request(), testCall({ signal: abort.signal }))
    abort.abort()
    const events = []
    for await (const frame of stream.frames) events.push(...frame.events())
    expect(events).toMatchObject([{ type: 'error', error: { code: 'llm.cancelled' } }])
    expect((await stream.outcome).end).toBe('cancelled')
    const refused = await model
      .open(request(), testCall({ signal: abort.signal }))
      .catch((error: unknown) => error)
    expect(attemptsOf(refused)).toMatchObject([{ end: 'cancelled' }])
  })
})
