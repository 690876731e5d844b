import { describe, expect, it } from 'vitest'
import { editRequest } from '../identity.js'
import { openaiCompletionsCodec as codec } from './openai-completions.js'

const options = { id: 'cmpl-1', model: 'm', createdSeconds: 1 }
const logprobs = {
  tokens: ['Hello', ' you'],
  token_logprobs: [null, -0.5],
  top_logprobs: [null, { ' you': -0.5, ' all': -1.5 }],
  text_offset: [0, 5],
}
const choice = { index: 0, text: 'Hello you', logprobs, finish_reason: 'stop', stop_reason: 7 }
const answer = { id: 'cmpl-up', object: 'text_completion', created: 7, model: 'qwen', choices: [choice] }

describe('the completions codec', () => {
  it.each([
    { model: 'm', prompt: 'a', max_tokens: 3, logprobs: 2, echo: true, top_k: 4 },
    { model: 'm', prompt: ['a', 'b'], n: 2, stream: true, stop: ['x'], suffix: 'c', temperature: 0, seed: 1 },
    { model: 'm', prompt: [1, 2], best_of: 3, top_p: 0.5 },
    { model: 'm', prompt: [[1], [2, 3]] },
  ])('writes the request that it read', (request) => {
    expect(codec.encodeRequest(codec.decodeRequest(request))).toEqual(request)
  })

  it('knows how many choices are asked for, and whose words the texts are', () => {
    const request = codec.decodeRequest({ model: 'm', prompt: ['a', 'b'], n: 3, suffix: 'c' })
    expect(request.choices).toBe(6)
    expect(request.messages.flatMap(({ parts }) => parts)).toMatchObject(
      ['a', 'b', 'c'].map((text) => ({ type: 'text', text, source: 'user' })),
    )
  })

  it('writes an edited request anew', () => {
    const request = codec.decodeRequest({ model: 'm', prompt: 'a' })
    const messages = request.messages.map((message) => ({
      ...message,
      parts: [{ type: 'text' as const, text: 'b', source: 'user' as const }],
    }))
    expect(codec.encodeRequest(editRequest(request, { messages }))).toEqual({ model: 'm', prompt: 'b' })
  })

  it('writes the answer that it read, with its log probabilities', () => {
    const events = codec.decodeAnswer(answer)
    expect(events).toContainEqual(expect.objectContaining({ type: 'finish', reason: 'stop' }))
    expect(codec.encodeAnswer(events, options)).toEqual(answer)
  })

  it('writes the stream that it read, counting offsets on', () => {
    const piece = (text: string, offset: number) => ({
      ...answer,
      choices: [
        {
          index: 0,
          text,
          logprobs: { tokens: [text], token_logprobs: [-1], top_logprobs: [null], text_offset: [offset] },
          finish_reason: null,
        },
      ],
    })
    const last = { ...answer, choices: [{ index: 0, text: '', logprobs: null, finish_reason: 'length' }] }
    const chunks = [piece('Hello', 0), piece(' you', 5), last]
    const sent = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`
    const events = codec.createStreamDecoder().push(Buffer.from(sent))
    const encoder = codec.createStreamEncoder(options)
    const written = Buffer.concat([encoder.encode(events), encoder.end()]).toString()
    const values = written
      .split('\n\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)))
    expect(values).toEqual(chunks)
    expect(written.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('makes an error event of what is no answer', () => {
    for (const value of [7, {}, { choices: 7 }])
      expect(codec.decodeAnswer(value)).toMatchObject([{ type: 'error' }])
    expect(codec.createStreamDecoder().push(Buffer.from('data: {"cho\n\n'))).toMatchObject([
      { type: 'error' },
    ])
  })
})
