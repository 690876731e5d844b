import { expect, it } from 'vitest'
import { chunk, done, usageChunk } from '../__fixtures__/chunks.js'
import { bytesOf, eventsOf } from '../__fixtures__/streams.js'
import type { Dialect } from '../contract.js'
import { createFrame, frameOf } from '../frame.js'
import { decodeFrame } from './openai-chat-decode.js'
import { splitFrame } from './split-frame.js'

const frameOfText = (text: string, dialect: Dialect = 'openai-chat') =>
  createFrame({ dialect, framing: 'sse', bytes: Buffer.from(text) }, (bytes) => decodeFrame(bytes))

it('splits a frame at its events, which say the same and have the same bytes', () => {
  const events = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'a\n\nb' }),
    usageChunk(1, 2),
    done,
  ]
  const frame = frameOfText(events.join(''))
  const split = splitFrame(frame)
  expect(split.map((one) => bytesOf([one]))).toEqual(events)
  expect(eventsOf(split)).toEqual(frame.events())
})

it.each([
  ['of one event', frameOfText(chunk({ content: 'a' }))],
  ['with other line ends', frameOfText('data: {}\r\n\r\ndata: {}\r\n\r\n')],
  [
    'of a dialect whose events depend on each other',
    frameOfText('data: {}\n\ndata: {}\n\n', 'anthropic-messages'),
  ],
  ['without bytes', frameOf([])],
])('leaves a frame %s as it is', (_kind, frame) => {
  expect(splitFrame(frame)).toEqual([frame])
})
