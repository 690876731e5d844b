// Streams of the Messages API as servers send them, whole and broken.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import {
  blockStart,
  blockStop,
  delta,
  messageDelta,
  messageStart,
  messageStop,
  named,
  ping,
  textDelta,
} from '../__fixtures__/anthropic-server.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { bytesOf, collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { createAnthropicMessagesModel } from './anthropic-messages.js'
import type { HttpChatModel } from './http-chat-model.js'

let upstream: FakeUpstream
let model: HttpChatModel
beforeAll(async () => {
  upstream = await startFakeUpstream()
  model = createAnthropicMessagesModel({
    deployment: { ...deployment, address: upstream.address },
    facts,
    clock: systemClock,
  })
})
afterAll(async () => {
  await upstream.close()
  await model.close()
})

const open = (behaviour: Behaviour) => {
  upstream.behave(behaviour)
  return model.open(testRequest(), testCall())
}
const streams =
  (...events: readonly string[]): Behaviour =>
  async (connection) => {
    connection.head()
    for (const event of events) await connection.chunk(event)
    connection.end()
  }

describe('a stream of the Messages API', () => {
  const opening = [messageStart({ input_tokens: 9, output_tokens: 1 }), blockStart(), textDelta('Fif')]

  it.each([
    ['without message_stop', [blockStop(), messageDelta()]],
    ['without a stop reason', [blockStop(), messageStop]],
    ['without either', []],
    ['with an empty stop reason', [blockStop(), messageDelta(null), messageStop]],
    ['with an event that is cut', [textDelta('teen').slice(0, 40)]],
    [
      'inside the input of a tool',
      [
        blockStart({ type: 'tool_use', id: 't', name: 'n', input: {} }, 1),
        delta({ type: 'input_json_delta', partial_json: '{"a' }, 1),
      ],
    ],
  ])('%s has failed, and shows no reader an end', async (_how, closing) => {
    const stream = await open(streams(...opening, ...closing))
    const frames = await collect(stream)
    expect(eventsOf(frames).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'llm.upstream-broke-off' },
    })
    expect((await stream.outcome).end).toBe('failed')
    expect(bytesOf(frames)).not.toContain('message_stop')
  })

  it('passes pings on, and takes none for content', async () => {
    let opened = false
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const opening = open(async (connection) => {
      connection.head()
      await connection.chunk(messageStart() + ping + blockStart())
      await held
      await connection.chunk(textDelta('Fifteen'))
      await connection.chunk(ping)
      await connection.chunk(blockStop() + messageDelta() + messageStop)
      connection.end()
    })
    void opening.then(() => {
      opened = true
    })
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(opened).toBe(false)
    release()
    const frames = await collect(await opening)
    expect(bytesOf(frames).split('event: ping')).toHaveLength(3)
    expect(textOf(frames)).toBe('Fifteen')
  })

  it.each([
    ['spaces in its JSON', (text: string) => text.replaceAll('":', '": ').replaceAll(',"', ', "')],
    ['the index last', (text) => text.replace(/("index":\d+),(.*)\}/, '$2,$1}')],
    ['no event names', (text) => text.replaceAll(/event: .*\n/g, '')],
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['comments', (text) => text.replaceAll('event:', ': hi\n\nevent:')],
    ['escaped characters', (text) => text.replaceAll('費', '\\u8cbb')],
    ['a byte order mark', (text) => `\ufeff${text}`],
  ] satisfies [string, (text: string) => string][])('is understood with %s', async (_habit, write) => {
    const texts = ['手續費', ' "15"', ' \\ dollars\n', '手續費', '。']
    const events = [
      ...opening.slice(0, 2),
      ...texts.map((text) => textDelta(text)),
      blockStop(),
      messageDelta(),
      messageStop,
    ]
    const stream = await open(streams(...events.map(write)))
    expect(textOf(await collect(stream))).toBe(texts.join(''))
    expect((await stream.outcome).end).toBe('finished')
  })

  it('that reports no output tokens gets an estimate of what it said', async () => {
    const stream = await open(
      streams(
        named({ type: 'message_start', message: {} }),
        blockStart(),
        textDelta('手續費'),
        textDelta('十五元'),
        blockStop(),
        messageDelta(),
        messageStop,
      ),
    )
    await collect(stream)
    expect((await stream.outcome).attempts).toMatchObject([
      { usageSource: 'estimated', usage: { output: { total: 6 } } },
    ])
  })
})

describe('an answer that breaks off after its usage so far', () => {
  const said = [messageStart({ input_tokens: 900, output_tokens: 1 }), blockStart(), textDelta('手續費')]

  it.each([
    ['in reads of their own', said],
    ['in one read', [said.join('')]],
  ])('has the prompt that was reported and an estimate of what it said: %s', async (_how, events) => {
    const stream = await open(streams(...events))
    await collect(stream)
    expect((await stream.outcome).attempts).toMatchObject([
      { usageSource: 'partial', usage: { input: { total: 900 }, output: { total: 3 } } },
    ])
  })

  it.each([
    ['in reads of their own', [...said, blockStop(), messageDelta(), messageStop]],
    ['in one read', [[...said, blockStop(), messageDelta(), messageStop].join('')]],
  ])('finished without another report, is an estimate: %s', async (_how, events) => {
    const stream = await open(streams(...events))
    await collect(stream)
    expect((await stream.outcome).attempts).toMatchObject([
      { usageSource: 'estimated', usage: { input: { total: 900 }, output: { total: 3 } } },
    ])
  })
})
