import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replaceText } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { collectChoices } from '../generate.js'
import { llmError } from '../messages.js'
import { codecs } from './codecs.js'

const codec = codecs.gemini
const read = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url))
const options = { id: 'resp_1', model: 'support', createdSeconds: 1764054000 }
const decode = (bytes: Uint8Array) => codec.createStreamDecoder().push(bytes)
const encode = (events: readonly ChatEvent[], framing: 'sse' | 'json' = 'json') => {
  const encoder = codec.createStreamEncoder({ ...options, framing })
  return Buffer.concat([encoder.encode(events), encoder.end()]).toString('utf8')
}
const chunksOf = (events: readonly ChatEvent[]) => JSON.parse(encode(events))
const text = (said: string, choice = 0): ChatEvent => ({ type: 'text', choice, text: said })
const finish = (reason: string, choice = 0): ChatEvent => ({ type: 'finish', choice, reason })
const call = (args: string, more: object = {}): ChatEvent => ({
  type: 'tool-call',
  choice: 0,
  index: 0,
  arguments: args,
  ...more,
})

describe('a stream as one JSON array', () => {
  const array = read('gemini-array.txt')
  const asEvents = decode(read('gemini-thinking-tools.sse'))

  it('says the same as server-sent events, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
        const decoder = codec.createStreamDecoder()
        const at = [0, ...cuts.map((cut) => cut % (array.length + 1)).sort((a, b) => a - b), array.length]
        const events = at.slice(1).flatMap((end, i) => decoder.push(array.subarray(at[i], end)))
        expect(events).toEqual(asEvents)
      }),
      { numRuns: 50 },
    )
  })

  it('is the same byte by byte, also with brackets and quotes in its texts', () => {
    const chunks = ['[1, {"a"}]', '\\"]', '}{', '標題：「」'].map((said) => ({
      candidates: [{ content: { parts: [{ text: said }] } }],
    }))
    const decoder = codec.createStreamDecoder()
    const bytes = Buffer.from(` \r\n${JSON.stringify(chunks, null, 1)}\n`)
    const events = [...bytes].flatMap((byte) => decoder.push(Uint8Array.of(byte)))
    expect(collectChoices(events)[0]?.text).toBe('[1, {"a"}]\\"]}{標題：「」')
  })

  it('with an element that never ends is an error', () => {
    const decoder = codec.createStreamDecoder()
    const piece = Buffer.alloc(9 * 1024 * 1024, 'a')
    expect(decoder.push(Buffer.from('[{"a": "'))).toEqual([])
    expect(decoder.push(piece)).toEqual([])
    expect(decoder.push(piece)).toMatchObject([
      { type: 'error', error: { cause: { code: 'llm.event-too-large' } } },
    ])
  })

  it('is written as one that any JSON parser reads', () => {
    expect(chunksOf(asEvents)).toEqual(JSON.parse(array.toString('utf8')))
    expect(encode([])).toBe('[]')
  })

  it('ends with the error, and is still whole', () => {
    const error = llmError('llm.event-unreadable', { dialect: 'gemini', detail: 'x' })
    const [said, failure] = chunksOf([text('Hi'), { type: 'error', choice: 0, error }])
    expect(said.candidates[0].content.parts).toEqual([{ text: 'Hi' }])
    expect(failure.error).toMatchObject({ code: 500, status: 'INTERNAL', message: error.message })
  })
})

describe('an error', () => {
  it('has a number as its code, the status by its gRPC name, and ours in the details', () => {
    const encoder = codec.createStreamEncoder({
      ...options,
      renderError: () => ({
        message: 'Wait.',
        type: 'rate_limit_error',
        code: 'gateway.rate-limited',
        param: 'model',
        status: 429,
      }),
    })
    const written = encoder.encode([
      { type: 'error', choice: 0, error: llmError('llm.event-unreadable', { dialect: 'x', detail: 'y' }) },
    ])
    expect(JSON.parse(Buffer.from(written).toString('utf8').slice('data: '.length))).toEqual({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'Wait.',
        details: [
          expect.objectContaining({
            reason: 'GATEWAY_RATE_LIMITED',
            metadata: { code: 'gateway.rate-limited' },
          }),
          expect.objectContaining({ fieldViolations: [{ field: 'model', description: 'Wait.' }] }),
        ],
      },
    })
    expect(Buffer.from(encoder.end()).toString('utf8')).toBe('')
  })

  it.each([
    ['in a stream', (body: object) => decode(Buffer.from(`data: ${JSON.stringify(body)}\n\n`))],
    [
      'of a stream that was not asked for as events',
      (body: object) => decode(Buffer.from(JSON.stringify([body]))),
    ],
    ['of an answer', (body: object) => codec.decodeAnswer(body)],
    ['of an answer, in a list', (body: object) => codec.decodeAnswer([body])],
  ])('%s is read with its status', (_where, readBody) => {
    const [event] = readBody({ error: { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' } })
    expect(event).toMatchObject({
      type: 'error',
      error: {
        retryable: true,
        params: { detail: 'Overloaded.', upstreamCode: '503', upstreamType: 'UNAVAILABLE' },
      },
    })
  })

  it.each([[null], [5], [{}], [[]], ['text']])('is what nobody can read: %j', (json) => {
    expect(codec.decodeAnswer(json)).toMatchObject([
      { type: 'error', error: { code: 'llm.event-unreadable' } },
    ])
    const inStream = decode(Buffer.from('data: {"candidates": [\n\ndata: 5\n\n'))
    expect(inStream.map((event) => event.type)).toEqual(['error', 'error'])
  })
})

describe('an answer of another dialect', () => {
  it('ends in one chunk with the finish reasons and the usage', () => {
    const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 2 }, output: { total: 5, reasoning: 3 } }
    expect(
      chunksOf([
        text('Hi'),
        finish('stop'),
        text('Ho', 1),
        finish('length', 1),
        { type: 'usage', choice: 0, usage },
      ]).at(-1),
    ).toEqual({
      candidates: [
        { content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 },
        { content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 1 },
      ],
      usageMetadata: {
        promptTokenCount: 9,
        candidatesTokenCount: 2,
        thoughtsTokenCount: 3,
        cachedContentTokenCount: 4,
        totalTokenCount: 14,
      },
      modelVersion: 'support',
      responseId: 'resp_1',
    })
  })

  it('holds a call back until its arguments are whole', () => {
    const events = [
      call('{"a', { id: 'c1', name: 'f' }),
      text('Wait.'),
      call('":1}'),
      text('Done.'),
      finish('tool_calls'),
    ]
    const parts = chunksOf(events).map(
      (chunk: { candidates: { content: { parts: unknown[] } }[] }) => chunk.candidates[0]?.content.parts[0],
    )
    expect(parts).toEqual([
      { text: 'Wait.' },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } } },
      { text: 'Done.' },
      { text: '' },
    ])
  })

  it.each([
    ['tool_calls', 'MALFORMED_FUNCTION_CALL'],
    ['length', 'MAX_TOKENS'],
  ])('never makes a call whose arguments broke off: %s', (reason, finishReason) => {
    const chunks = chunksOf([call('{"a', { id: 'c1', name: 'f' }), finish(reason)])
    expect(JSON.stringify(chunks)).not.toContain('functionCall')
    expect(chunks.at(-1).candidates[0]).toMatchObject({
      finishReason,
      finishMessage: 'Malformed function call: f',
    })
  })

  it('whole, has one part for each kind of text that follows another', () => {
    const events: ChatEvent[] = [
      { type: 'reasoning', choice: 0, text: 'Th' },
      { type: 'reasoning', choice: 0, text: 'ink.' },
      { type: 'reasoning', choice: 0, text: '', signature: 'EjQ=' },
      text('Hel'),
      text('lo.'),
      finish('content_filter'),
    ]
    expect(codec.encodeAnswer(events, options)).toEqual({
      candidates: [
        {
          content: {
            parts: [{ text: 'Think.', thought: true, thoughtSignature: 'EjQ=' }, { text: 'Hello.' }],
            role: 'model',
          },
          finishReason: 'SAFETY',
          index: 0,
        },
      ],
      modelVersion: 'support',
      responseId: 'resp_1',
    })
  })

  it('keeps log probabilities', () => {
    const top = [{ token: 'Hi', logprob: -0.1 }]
    const said = codec.decodeAnswer(
      codec.encodeAnswer(
        [{ type: 'text', choice: 0, text: 'Hi', logprobs: [{ token: 'Hi', logprob: -0.1, top }] }],
        options,
      ),
    )
    expect(said).toContainEqual(
      expect.objectContaining({ text: 'Hi', logprobs: [{ token: 'Hi', logprob: -0.1, top }] }),
    )
  })
})

describe('a recorded stream that was edited', () => {
  it('that ends early ends as blocked, with the usage so far', () => {
    const events = decode(read('gemini-thinking-tools.sse'))
    const at = events.findIndex((event) => event.type === 'text')
    expect(chunksOf([...events.slice(0, at + 2), finish('content_filter')]).at(-1)).toMatchObject({
      candidates: [{ finishReason: 'SAFETY', index: 0 }],
      usageMetadata: { totalTokenCount: 355 },
    })
  })

  it('has no signature of a text that was replaced', () => {
    const [last] = decode(read('gemini-thinking-tools.sse')).slice(-3)
    const edited = last?.type === 'text' ? [replaceText(last, '#')] : []
    expect(encode(edited)).toContain('"text":"#"')
    expect(encode(edited)).not.toContain('thoughtSignature')
  })
})

describe('finish reasons', () => {
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'MALFORMED_FUNCTION_CALL'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('%s is %s, and is written again as it came', (finishReason, reason) => {
    const answer = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason }] }
    const events = codec.decodeAnswer(answer)
    expect(collectChoices(events)[0]?.finish).toBe(reason)
    expect(codec.encodeAnswer(events, options)).toEqual(answer)
  })

  it('are content_filter for a prompt that was refused', () => {
    expect(collectChoices(decode(read('gemini-blocked.sse')))).toMatchObject([
      { text: '', finish: 'content_filter' },
    ])
  })
})

describe('a call without an id', () => {
  it('gets one of its own', () => {
    const answer = {
      candidates: [
        {
          content: { parts: [1, 2].map(() => ({ functionCall: { name: 'f', args: {} } })) },
          finishReason: 'STOP',
        },
      ],
    }
    const [choice] = collectChoices(codec.decodeAnswer(answer))
    const ids = choice?.toolCalls.map(({ id }) => id) ?? []
    expect(new Set(ids).size).toBe(2)
    expect(ids).not.toContain('')
    expect(choice?.finish).toBe('tool_calls')
  })
})
