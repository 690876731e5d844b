// What servers of chat completions have been seen to send besides what OpenAI does.

import { describe, expect, it } from 'vitest'
import { answerOf, chunk, sse } from '../__fixtures__/chunks.js'
import type { ChatEvent } from '../contract.js'
import { codecs } from './codecs.js'
import { decodeAnswer } from './openai-chat-decode.js'

const options = { id: 'answer_1', model: 'm', createdSeconds: 1 }
const dialects = ['anthropic-messages', 'openai-responses', 'gemini', 'openai-chat'] as const
const stream = (...events: readonly string[]) =>
  codecs['openai-chat'].createStreamDecoder().push(Buffer.from(events.join('')))
const textsOf = (events: readonly ChatEvent[], type: 'text' | 'reasoning') =>
  events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('')

/** Mistral's reasoning models: docs.mistral.ai/capabilities/reasoning. */
const thinking = {
  type: 'thinking',
  thinking: [
    { type: 'text', text: 'Fees, ' },
    { type: 'text', text: 'then.' },
  ],
}
const text = { type: 'text', text: 'Fifteen' }

describe('content in parts', () => {
  const streamed = stream(
    chunk({ role: 'assistant', content: [thinking] }),
    chunk({ content: [text] }),
    chunk({ content: ' dollars' }),
    chunk({}, 'stop'),
  )
  const whole = decodeAnswer({
    ...answerOf(''),
    choices: [{ index: 0, message: { role: 'assistant', content: [thinking, text] }, finish_reason: 'stop' }],
  })

  it.each(dialects)('is said to clients of %s', (dialect) => {
    const encoder = codecs[dialect].createStreamEncoder(options)
    const bytes = Buffer.concat([encoder.encode(streamed), encoder.end()])
    const events = codecs[dialect].createStreamDecoder().push(bytes)
    expect(textsOf(events, 'text')).toBe('Fifteen dollars')
    expect(textsOf(events, 'reasoning')).toBe('Fees, then.')
    const answer = codecs[dialect].decodeAnswer(codecs[dialect].encodeAnswer(whole, options))
    expect(textsOf(answer, 'text')).toBe('Fifteen')
    expect(textsOf(answer, 'reasoning')).toBe('Fees, then.')
  })

  it('stays as it came where a part is of a type that nobody knows', () => {
    const content = [text, { type: 'image_url', image_url: { url: 'https://a.example/b.png' } }]
    expect(stream(chunk({ content }))).toMatchObject([{ type: 'item', value: { content } }])
  })
})

describe('a failure', () => {
  it.each([
    [
      'an error without a field of its own',
      [sse({ object: 'error', message: 'died', type: 'InternalServerError', code: 500 })],
    ],
    ['a finish that is an error', [chunk({}, 'error')]],
    [
      'a finish that is an error, beside one',
      [chunk({}, 'error').replace('"choices"', '"error":{"message":"died","code":502},"choices"')],
    ],
  ])('is %s', (_what, events) => {
    const said = stream(chunk({ content: 'Fif' }), ...events)
    expect(said.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'llm.upstream-error', retryable: true },
    })
  })

  it('of a whole answer is one, too', () => {
    const [choice] = answerOf('Fif').choices
    const broken = { ...answerOf('Fif'), choices: [{ ...choice, finish_reason: 'error' }] }
    const flat = { object: 'error', message: 'died', type: 'InternalServerError', code: 500 }
    for (const body of [broken, flat])
      expect(decodeAnswer(body).at(-1)).toMatchObject({
        type: 'error',
        error: { code: 'llm.upstream-error' },
      })
  })
})

describe('what is no JSON', () => {
  it.each(dialects)('is quoted without the key it may hold: %s', (dialect) => {
    const decoder = codecs[dialect].createStreamDecoder({ secrets: ['key-of-ours'] })
    const [event] = decoder.push(Buffer.from(sse('Bad credentials: key-of-ours')))
    expect(event).toMatchObject({ type: 'error', error: { code: 'llm.event-unreadable' } })
    expect(JSON.stringify(event)).toContain('Bad credentials: [key]')
    expect(JSON.stringify(event)).not.toContain('key-of-ours')
  })
})
