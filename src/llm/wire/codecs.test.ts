import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../contract.js'
import { editRequest, originOf } from '../identity.js'
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

describe('a request', () => {
  it.each(Object.keys(codecs) as ServedDialect[])('of %s keeps fields we do not know', (dialect) => {
    const json = readJson(`${dialect}-request.json`)
    const request = codecs[dialect].decodeRequest(json)
    expect(codecs[dialect].encodeRequest(editRequest(request, {}))).toEqual(json)
  })
})
