// Promise 5 of the contract: an encoder sees every frame from the first, also those that went out as they came.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type ChatEvent,
  codecs,
  createFrame,
  editFrame,
  type Frame,
  llmError,
  type WireCodec,
} from '../llm/index.js'
import { createFrameWriter } from './frame-writer.js'

type Served = 'openai-responses' | 'gemini' | 'anthropic-messages'

const writerOf = (dialect: Served, codec: WireCodec = codecs[dialect]) =>
  createFrameWriter({
    codec,
    encoding: { id: 'resp_1', model: 'chat', createdSeconds: 1 },
    wantsUsage: true,
  })

/** One frame per event. */
const framesOf = (dialect: Served, events: readonly string[]): Frame[] => {
  const decoder = codecs[dialect].createStreamDecoder()
  return events.map((text) => {
    const bytes = Buffer.from(text)
    const decoded = decoder.push(bytes)
    return createFrame({ dialect, framing: 'sse', bytes }, () => decoded)
  })
}

/** The codec, which tells of all bytes that are decoded. */
const watchedCodec = (dialect: Served, onDecode: (bytes: Uint8Array) => void): WireCodec => ({
  ...codecs[dialect],
  createStreamDecoder: (options) => {
    const decoder = codecs[dialect].createStreamDecoder(options)
    return {
      ...decoder,
      push: (bytes) => {
        onDecode(bytes)
        return decoder.push(bytes)
      },
    }
  },
})

const recorded = (name: string): readonly string[] =>
  readFileSync(new URL(`../llm/wire/__fixtures__/${name}`, import.meta.url), 'utf8')
    .split(/(?<=\n\n)/)
    .filter((event) => event.trim() !== '')

const dataOf = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString()
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)))

const broken = llmError('llm.upstream-broke-off', { deployment: 'main', reason: 'reset' })

describe('after frames that went out as they came', () => {
  const events = recorded('openai-responses-reasoning-tools.sse')
  const numberOf = (event: string | undefined): number => dataOf(Buffer.from(event ?? ''))[0].sequence_number

  it('an edited frame goes on counting, and its copies are filled with all that was said', () => {
    const writer = writerOf('openai-responses')
    const edit = (frame: Frame) => editFrame(frame, [...frame.events()])
    const done = events.findIndex((event) => event.includes('"type":"response.output_item.done"'))
    const frames = framesOf('openai-responses', events)
    for (const frame of frames.slice(0, done)) writer.bytesOf(frame)
    const rest = frames.slice(done).flatMap((frame) => dataOf(writer.bytesOf(edit(frame))))
    expect(rest).toEqual(events.slice(done).flatMap((event) => dataOf(Buffer.from(event))))
    expect(rest[0].sequence_number).toBe(numberOf(events[done]))
  })

  it('a failure goes on counting, and tells the output so far', () => {
    const writer = writerOf('openai-responses')
    const done = events.findIndex((event) => event.includes('"type":"response.output_item.done"'))
    for (const frame of framesOf('openai-responses', events.slice(0, done + 1))) writer.bytesOf(frame)
    const [error, failed] = dataOf(writer.failure(broken))
    expect([error.sequence_number, failed.sequence_number]).toEqual([done + 1, done + 2])
    expect(failed.response.output).toEqual([dataOf(Buffer.from(events[done] ?? ''))[0].item])
  })

  it('a text of another origin gets a block of its own in a message', () => {
    const writer = writerOf('anthropic-messages')
    const said = [
      { type: 'message_start', message: { id: 'msg_1', model: 'up', role: 'assistant', content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_stop', index: 0 },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    for (const frame of framesOf('anthropic-messages', said)) writer.bytesOf(frame)
    const more: ChatEvent = { type: 'text', choice: 0, text: ' there' }
    expect(dataOf(writer.bytesOf({ events: () => [more] }))).toMatchObject([
      { type: 'content_block_start', index: 1 },
      { type: 'content_block_delta', index: 1 },
    ])
  })

  it('a citation of another origin points into the text of Gemini’s earlier chunks', () => {
    const chunk = (text: string) =>
      `data: ${JSON.stringify({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }] })}\n\n`
    const passage = { id: 'p', path: 'a.md', title: 'A', start: 0, end: 4, score: 1 }
    const cite: ChatEvent = { type: 'citation', choice: 0, passage, start: 0, end: 9 }
    const finish: ChatEvent = { type: 'finish', choice: 0, reason: 'stop' }
    const last = { events: () => [cite, finish] }
    const answered = (edited: boolean) => {
      const writer = writerOf('gemini')
      for (const frame of framesOf('gemini', [chunk('費用'), chunk('是 15 元。')]))
        writer.bytesOf(edited ? editFrame(frame, [...frame.events()]) : frame)
      return dataOf(writer.bytesOf(last))
    }
    expect(answered(false)).toEqual(answered(true))
  })
})

describe('while frames go out as they came', () => {
  it('nothing is decoded, and what is remembered of a long stream is bounded', () => {
    const decoded: string[] = []
    const piece = (_: unknown, at: number) =>
      `event: response.output_text.delta\ndata: ${JSON.stringify({
        type: 'response.output_text.delta',
        sequence_number: at,
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: 'x'.repeat(1000),
      })}\n\n`
    const events = Array.from({ length: 400 }, piece)
    const codec = watchedCodec('openai-responses', (bytes) => decoded.push(Buffer.from(bytes).toString()))
    const writer = writerOf('openai-responses', codec)
    const frames = framesOf('openai-responses', events)
    for (const frame of frames.slice(0, 200)) writer.bytesOf(frame)
    expect(decoded).toEqual([])
    for (const frame of frames.slice(200)) writer.bytesOf(frame)
    expect(decoded.length).toBeGreaterThan(0)
    expect(decoded.length).toBeLessThan(400)
    expect(dataOf(writer.failure(broken))[0].sequence_number).toBe(400)
    expect(decoded).toEqual(events)
  })
})
