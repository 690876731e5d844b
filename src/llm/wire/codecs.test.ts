import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../core/index.js'
import { replaceText } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { collectChoices } from '../generate.js'
import { codecs, type ServedDialect } from './codecs.js'
import { createSseParser } from './sse-parser.js'

const read = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url))
const readJson = (name: string) => JSON.parse(read(name).toString('utf8'))
const options = { id: 'resp_1', model: 'support', createdSeconds: 1764054000 }

/** The parsed events of a stream; the API's own end marks are kept as text. */
const parse = (bytes: Uint8Array): unknown[] =>
  createSseParser()
    .push(bytes)
    .map(({ event, data }) => (data === '[DONE]' ? data : [event, JSON.parse(data)]))

const streams: readonly (readonly [ServedDialect, string])[] = [
  ['openai-chat', 'openai-chat-two-choices.sse'],
  ['openai-chat', 'openai-chat-tools.sse'],
  ['openai-chat', 'openai-chat-reasoning.sse'],
  ['openai-chat', 'openai-chat-refusal.sse'],
  ['openai-chat', 'openai-chat-annotations.sse'],
  ['openai-responses', 'openai-responses-reasoning-tools.sse'],
  ['openai-responses', 'openai-responses-text.sse'],
  ['anthropic-messages', 'anthropic-messages-thinking-tools.sse'],
  ['anthropic-messages', 'anthropic-messages-citations.sse'],
  ['gemini', 'gemini-thinking-tools.sse'],
  ['gemini', 'gemini-two-candidates.sse'],
  ['gemini', 'gemini-grounding.sse'],
  ['gemini', 'gemini-blocked.sse'],
]

const decodeStream = (dialect: ServedDialect, name: string): readonly ChatEvent[] => {
  const decoder = codecs[dialect].createStreamDecoder()
  return [...decoder.push(read(name)), ...decoder.end()]
}

const encodeStream = (dialect: ServedDialect, events: readonly ChatEvent[]): Buffer => {
  const encoder = codecs[dialect].createStreamEncoder(options)
  return Buffer.concat([encoder.encode(events), encoder.end()])
}

describe('a recorded stream', () => {
  it.each(streams)('of %s is written again as it came: %s', (dialect, name) => {
    const events = decodeStream(dialect, name)
    expect(parse(encodeStream(dialect, events))).toEqual(parse(read(name)))
  })

  it.each(streams)('of %s holds no error: %s', (dialect, name) => {
    const events = decodeStream(dialect, name)
    expect(events.filter((event) => event.type === 'error')).toEqual([])
    expect(events.some((event) => event.type === 'finish')).toBe(true)
  })
})

describe('a recorded answer', () => {
  it.each(Object.keys(codecs) as ServedDialect[])('of %s is written again as it came', (dialect) => {
    const answer = readJson(`${dialect}-answer.json`)
    const events = codecs[dialect].decodeAnswer(answer)
    expect(codecs[dialect].encodeAnswer(events, options)).toEqual(answer)
  })
})

describe('an answer of the Responses API that was cut at its limit', () => {
  const response = {
    id: 'resp_1',
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [],
  }
  // vLLM 0.32 ends its streams with `response.completed` whatever the status is.
  it.each(['response.incomplete', 'response.completed'])('ends so, whichever event says it: %s', (type) => {
    const bytes = Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`)
    const events = codecs['openai-responses'].createStreamDecoder().push(bytes)
    expect(events).toMatchObject([{ type: 'finish', reason: 'length' }])
    expect(parse(encodeStream('openai-responses', events))).toMatchObject(parse(bytes) as object)
  })
})

describe('what a recording says', () => {
  it.each([
    ['openai-chat-two-choices.sse', ['跨行轉帳手續費為 15 元', 'An interbank transfer costs NT$15']],
    ['openai-chat-reasoning.sse', ['A replacement card costs NT$200.']],
    ['openai-responses-text.sse', ['Cards are replaced within five days.']],
    ['anthropic-messages-thinking-tools.sse', ['我來查詢匯率。']],
    ['gemini-thinking-tools.sse', ['我來查詢匯率。']],
    ['gemini-two-candidates.sse', ['跨行轉帳手續費為 15 元', 'An interbank transfer costs NT$15']],
  ])('is its text: %s', (name, texts) => {
    expect(collectChoices(decodeStream(dialectOf(name), name)).map(({ text }) => text)).toEqual(texts)
  })

  it.each([
    'openai-chat-tools.sse',
    'openai-responses-reasoning-tools.sse',
    'anthropic-messages-thinking-tools.sse',
    'gemini-thinking-tools.sse',
  ])('is its tool calls, with whole arguments: %s', (name) => {
    const [choice] = collectChoices(decodeStream(dialectOf(name), name))
    expect(choice?.finish).toBe('tool_calls')
    expect(choice?.toolCalls.length).toBeGreaterThan(1)
    expect(choice?.toolCalls[0]?.name).toBe('exchange_rate')
    expect(JSON.parse(choice?.toolCalls[0]?.arguments ?? '')).toEqual({ currency: 'JPY' })
  })

  it.each([
    [
      'openai-chat-two-choices.sse',
      { input: { total: 1180, cacheRead: 1024, cacheWrite: 0 }, output: { total: 31, reasoning: 0 } },
    ],
    [
      'openai-responses-text.sse',
      { input: { total: 320, cacheRead: 256, cacheWrite: 0 }, output: { total: 75, reasoning: 40 } },
    ],
    [
      'anthropic-messages-citations.sse',
      { input: { total: 2580, cacheRead: 1808, cacheWrite: 300 }, output: { total: 44, reasoning: 0 } },
    ],
    [
      'anthropic-messages-thinking-tools.sse',
      { input: { total: 2280, cacheRead: 1808, cacheWrite: 0 }, output: { total: 109, reasoning: 21 } },
    ],
    [
      'gemini-thinking-tools.sse',
      { input: { total: 312, cacheRead: 256, cacheWrite: 0 }, output: { total: 84, reasoning: 40 } },
    ],
    [
      'gemini-grounding.sse',
      { input: { total: 100, cacheRead: 0, cacheWrite: 0 }, output: { total: 28, reasoning: 0 } },
    ],
  ])('is its usage, cached tokens included in the prompt: %s', (name, usage) => {
    const events = decodeStream(dialectOf(name), name)
    expect(events.findLast((event) => event.type === 'usage')).toMatchObject({ usage })
  })

  it('is the same for any chunking, also inside a character', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.array(fc.nat(), { maxLength: 20 }),
        ([dialect, name], cuts) => {
          const bytes = read(name)
          const decoder = codecs[dialect].createStreamDecoder()
          const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
          const events = at.slice(1).flatMap((end, i) => decoder.push(bytes.subarray(at[i], end)))
          expect(events).toEqual(decodeStream(dialect, name))
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('an edited recording', () => {
  const silent = new Set(['openai-chat-tools.sse', 'gemini-blocked.sse'])
  const spoken = streams.filter(([, name]) => !silent.has(name))
  it.each(spoken)('of %s has no copy of the old text left: %s', (dialect, name) => {
    const events = decodeStream(dialect, name).map((event) =>
      'text' in event && event.text !== '' ? replaceText(event, '#') : event,
    )
    const said = collectChoices(decodeStream(dialect, name)).flatMap(({ text, refusal, reasoning }) => [
      ...text.split(/[.，。]/),
      ...refusal.split('.'),
      ...reasoning.split('.'),
    ])
    const written = encodeStream(dialect, events).toString('utf8')
    for (const piece of said.filter((text) => text.length > 4)) expect(written).not.toContain(piece.trim())
    expect(written).toContain('#')
  })

  it('that ends early is closed as its dialect wants it', () => {
    const blocked: ChatEvent = { type: 'finish', choice: 0, reason: 'content_filter' }
    const until = (events: readonly ChatEvent[]) => {
      const at = events.findIndex((event) => event.type === 'text' && event.text !== '')
      return [...events.slice(0, at + 1), blocked]
    }
    const messages = encodeStream(
      'anthropic-messages',
      until(decodeStream('anthropic-messages', 'anthropic-messages-thinking-tools.sse')),
    )
    expect(parse(messages).slice(-3)).toMatchObject([
      ['content_block_stop', { index: 2 }],
      ['message_delta', { delta: { stop_reason: 'refusal' }, usage: { cache_read_input_tokens: 1808 } }],
      ['message_stop', {}],
    ])
    const responses = encodeStream(
      'openai-responses',
      until(decodeStream('openai-responses', 'openai-responses-text.sse')),
    )
    expect(parse(responses).slice(-4)).toMatchObject([
      ['response.output_text.done', { text: 'Cards' }],
      ['response.content_part.done', { part: { text: 'Cards' } }],
      ['response.output_item.done', { item: { content: [{ text: 'Cards' }] } }],
      [
        'response.incomplete',
        {
          response: {
            status: 'incomplete',
            output: [{ type: 'web_search_call' }, {}, { content: [{ text: 'Cards' }] }],
          },
        },
      ],
    ])
  })

  it('with a text that was moved into the end of its block is said before it', () => {
    for (const [dialect, name] of [
      ['anthropic-messages', 'anthropic-messages-citations.sse'],
      ['openai-responses', 'openai-responses-text.sse'],
    ] as const) {
      const events = decodeStream(dialect, name)
      const last = events.findLastIndex((event) => event.type === 'text' && event.text === '')
      const moved = events.map((event, i) =>
        i === last && event.type === 'text' ? replaceText(event, ' moved') : event,
      )
      const again = codecs[dialect].createStreamDecoder().push(encodeStream(dialect, moved))
      expect(collectChoices(again)[0]?.text).toBe('Cards are replaced within five days. moved')
    }
  })
})

describe('an answer from one dialect to another', () => {
  const hasNoRefusals: ReadonlySet<ServedDialect> = new Set(['anthropic-messages', 'gemini'])
  const withoutCacheWrite = (usage: Usage | undefined) =>
    usage && { ...usage, input: { ...usage.input, cacheWrite: 0 } }
  const readCall = (call: { readonly arguments: string }) => ({
    ...call,
    arguments: JSON.parse(call.arguments),
  })
  const pairs = streams.flatMap(([from, name]) =>
    (Object.keys(codecs) as ServedDialect[])
      .filter((to) => to !== from)
      .map((to) => [from, to, name] as const),
  )
  it.each(pairs)('keeps texts, calls, finish and usage of choice 0: %s to %s, %s', (from, to, name) => {
    const events = decodeStream(from, name)
    const [original] = collectChoices(events)
    const usage = events.findLast((event) => event.type === 'usage')?.usage
    const streamed = codecs[to].createStreamDecoder().push(encodeStream(to, events))
    const whole = codecs[to].decodeAnswer(codecs[to].encodeAnswer(events, options))
    for (const translated of [streamed, whole]) {
      const [choice] = collectChoices(translated)
      const said = (answer: typeof original) =>
        (answer?.text ?? '') + (hasNoRefusals.has(to) ? (answer?.refusal ?? '') : '')
      expect(choice?.text).toBe(said(original))
      expect(choice?.reasoning).toBe(original?.reasoning)
      expect(choice?.citations.map(({ passage, start, end }) => [passage, start, end])).toEqual(
        original?.citations.map(({ passage, start, end }) => [passage, start, end]),
      )
      expect(translated.findLast((event) => event.type === 'usage')?.usage ?? usage).toEqual(
        (to === 'gemini' ? withoutCacheWrite(usage) : usage) ??
          expect.toBeOneOf([undefined, expect.anything()]),
      )
      // A custom tool takes a text; other dialects have no call that is not JSON.
      if (name === 'openai-chat-tools.sse') continue
      expect(choice?.toolCalls.map(readCall)).toEqual(original?.toolCalls.map(readCall))
      expect(choice?.finish).toBe(original?.finish)
    }
  })
})

const dialectOf = (name: string): ServedDialect =>
  (Object.keys(codecs) as ServedDialect[]).find((dialect) => name.startsWith(dialect)) ?? 'openai-chat'
