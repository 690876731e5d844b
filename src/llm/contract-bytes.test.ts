// The promises of the chat contract that are about bytes and sockets, on the engine that has them; each test's name
// starts with the number of the promise it checks.

import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { testCall, testRequest } from './__fixtures__/call.js'
import { answerOf, chunk, done, sse, streamOf, usageChunk } from './__fixtures__/chunks.js'
import { type FakeUpstream, startFakeUpstream } from './__fixtures__/fake-upstream.js'
import { heldBytes, turns, untilStill } from './__fixtures__/memory.js'
import { bytesOf, collect, textOf } from './__fixtures__/streams.js'
import { deployment, facts } from './__fixtures__/subjects.js'
import { replaceText } from './content.js'
import type { ChatEvent, ChatRequest, Frame } from './contract.js'
import { createOpenAiCompatibleModel, type OpenAiCompatibleModel } from './engines/openai-compatible.js'
import { createFrame, frameOf } from './frame.js'
import { generate } from './generate.js'
import { attachOrigin, editFrame, editRequest, gistOf, originOf, wireOf } from './identity.js'
import { mapFrames } from './map-frames.js'
import { codecs } from './wire/codecs.js'

describe('bytes', () => {
  let upstream: FakeUpstream
  let model: OpenAiCompatibleModel
  beforeAll(async () => {
    upstream = await startFakeUpstream()
    model = createOpenAiCompatibleModel({
      deployment: { ...deployment, address: upstream.address },
      facts,
      clock: systemClock,
    })
  })
  afterAll(async () => {
    await upstream.close()
    await model.close()
  })
  const open = (request: Partial<ChatRequest> = {}) => model.open(testRequest(request), testCall())
  /** A request as it comes from a client's bytes. */
  const clientRequest = (text: string) => {
    const bytes = Buffer.from(text, 'utf8')
    return codecs['openai-chat'].decodeRequest(JSON.parse(text), {
      dialect: 'openai-chat',
      framing: 'json',
      bytes,
    })
  }

  it('3. a request remembers its bytes until it is edited or copied', () => {
    const request = attachOrigin(testRequest(), {
      dialect: 'openai-chat',
      framing: 'json',
      bytes: Buffer.from('{}'),
    })
    expect(originOf(request)?.bytes).toEqual(Buffer.from('{}'))
    expect(originOf(editRequest(request, { seed: 1 }))).toBeUndefined()
    expect(originOf({ ...request })).toBeUndefined()
    expect(originOf(request)).toBeDefined()
  })

  it('3. a frame remembers its bytes until it is edited or copied', () => {
    const events: ChatEvent[] = [{ type: 'text', choice: 0, text: 'Fifteen' }]
    const wire = { dialect: 'openai-chat', framing: 'sse', bytes: Buffer.from('data: {}\n\n') } as const
    const frame = createFrame(wire, () => events)
    expect(wireOf(frame)).toBe(wire)
    expect(wireOf({ ...frame })).toBeUndefined()
    expect(wireOf(editFrame(frame, [...events]))).toBeUndefined()
    expect(editFrame(frame, frame.events())).toBe(frame)
    expect(wireOf(frameOf(events))).toBeUndefined()
  })

  it('4. there is one frame per read, cut at the last event; the tail joins the next', async () => {
    const [role = '', first = '', second = '', finish = '', , end = ''] = streamOf('Fif', 'teen')
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(role + first)
      await connection.chunk(second.slice(0, 30))
      await connection.chunk(second.slice(30) + chunk({ content: '!' }) + finish.slice(0, 5))
      await connection.chunk(finish.slice(5) + end)
      connection.end()
    })
    const frames = await collect(await open())
    expect(frames.length).toBeLessThanOrEqual(3)
    for (const frame of frames) expect(Buffer.from(wireOf(frame)?.bytes ?? '').toString()).toMatch(/\n\n$/)
    expect(textOf(frames)).toBe('Fifteen!')
    expect(bytesOf(frames)).toBe(role + first + second + chunk({ content: '!' }) + finish + end)
  })

  it('4. several chunks of one read are one frame', async () => {
    upstream.behave(async (connection) => {
      connection.head()
      const chunks = streamOf('Fif', 'teen', ' dol', 'lars').map(
        (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`,
      )
      await connection.raw(`${chunks.join('')}0\r\n\r\n`)
    })
    const frames = await collect(await open())
    expect(frames).toHaveLength(1)
    expect(textOf(frames)).toBe('Fifteen dollars')
  })

  it('4. events() never throws, and decodes once', () => {
    let decoded = 0
    const wire = { dialect: 'openai-chat', framing: 'sse', bytes: Buffer.from('x') } as const
    const frame = createFrame(wire, () => {
      decoded++
      throw new Error('garbage')
    })
    expect(frame.events()).toMatchObject([{ type: 'error' }])
    expect(frame.events()).toBe(frame.events())
    expect(decoded).toBe(1)
  })

  it('4. a gist is read once, without decoding the frame; what is decoded or edited is its own', () => {
    const wire = { dialect: 'openai-chat', framing: 'sse', bytes: Buffer.from('x') } as const
    const whole: readonly ChatEvent[] = ['a', 'b'].map((text) => ({ type: 'text', choice: 0, text }))
    const joined: readonly ChatEvent[] = [{ type: 'text', choice: 0, text: 'ab' }]
    const read = { events: 0, gist: 0 }
    const frameOfBoth = () =>
      createFrame(
        wire,
        () => (read.events++ >= 0 ? whole : []),
        () => (read.gist++ >= 0 ? joined : []),
      )
    const frame = frameOfBoth()
    expect([gistOf(frame), gistOf(frame)]).toEqual([joined, joined])
    expect(read).toEqual({ events: 0, gist: 1 })
    const decoded = frameOfBoth()
    expect(decoded.events()).toBe(gistOf(decoded))
    expect(gistOf(editFrame(frame, []))).toEqual([])
    expect(gistOf(frameOf(whole))).toBe(whole)
  })

  it('5. after the first edited frame none has bytes', async () => {
    upstream.behave(async (connection) => {
      connection.head()
      for (const event of streamOf('a', 'b', 'secret', 'c', 'd')) {
        await connection.chunk(event)
        await new Promise((resolve) => setImmediate(resolve))
      }
      connection.end()
    })
    const stream = await open()
    const edited = mapFrames(stream, {
      edit: (frame) =>
        frame.events().some((event) => event.type === 'text' && event.text === 'secret')
          ? editFrame(
              frame,
              frame
                .events()
                .map((event) => (event.type === 'text' ? replaceText(event, '[redacted]') : event)),
            )
          : frame,
    })
    const frames = await collect(edited)
    const firstEdited = frames.findIndex((frame) => textOf([frame]).includes('[redacted]'))
    expect(textOf(frames)).toMatch(/^ab.*\[redacted\].*/)
    expect(textOf(frames)).not.toContain('secret')
    expect(frames.slice(firstEdited).map(wireOf)).toEqual(frames.slice(firstEdited).map(() => undefined))
    expect(edited.answeredBy).toBe(stream.answeredBy)
  })

  it('5. a withheld frame is an edit, and what is flushed comes last', async () => {
    upstream.behave(async (connection) => {
      connection.head()
      for (const event of streamOf('a', 'b')) await connection.chunk(event)
      connection.end()
    })
    let held = ''
    const frames = await collect(
      mapFrames(await open(), {
        edit: (frame) => {
          held += textOf([frame])
          return undefined
        },
        flush: () => frameOf([{ type: 'text', choice: 0, text: held }]),
      }),
    )
    expect(textOf(frames)).toBe('ab')
    expect(frames.map(wireOf)).toEqual([undefined])
  })

  it('5. a replaced text has no copy of the old one left', () => {
    const [event] = codecs['openai-chat'].createStreamDecoder().push(
      Buffer.from(
        sse({
          id: 'x',
          object: 'chat.completion.chunk',
          choices: [
            {
              index: 0,
              delta: {
                reasoning_content: 'secret',
                reasoning: 'secret',
                reasoning_details: [{ text: 'secret' }],
              },
              logprobs: { content: [{ token: 'secret', logprob: -1, bytes: null, top_logprobs: [] }] },
              finish_reason: null,
              vendor: 'kept',
            },
          ],
        }),
      ),
    )
    if (event?.type !== 'reasoning') throw new Error('the fixture has reasoning')
    const replaced = JSON.stringify(replaceText(event, '[redacted]'))
    expect(replaced).not.toContain('secret')
    expect(replaced).toContain('kept')
  })

  it('6. a request of the same dialect passes byte for byte, but for two splices', async () => {
    upstream.behave((connection) => {
      connection.head()
      void connection.raw('')
      for (const event of streamOf('Fifteen')) void connection.chunk(event)
      connection.end()
    })
    const text =
      '{ "messages" : [{"role":"user","content":"\\u6211 \\"model\\": x"}],\n "model":"support" , "stream":true, "top_k": 1e1,"x":{"model":"inner"}}'
    await generate(model, clientRequest(text), testCall())
    expect(upstream.requests.at(-1)?.body).toBe(
      text
        .replace('"model":"support"', '"model":"tiny-1"')
        .replace(/}$/, ',"stream_options":{"include_usage":true}}'),
    )
  })

  it('6. the chunk that only carries usage is taken out again, unless the client asked for it', async () => {
    const events = streamOf('Fif', 'teen')
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(events.join(''))
      connection.end()
    })
    const ask = (options: string) =>
      clientRequest(`{"model":"support","stream":true,"messages":[{"role":"user","content":"?"}]${options}}`)
    const without = await model.open(ask(''), testCall())
    expect(bytesOf(await collect(without))).toBe(events.join('').replace(usageChunk(9, 2), ''))
    expect((await without.outcome).usage.output.total).toBe(2)
    const withUsage = await model.open(ask(',"stream_options":{"include_usage":true,"x":1}'), testCall())
    expect(bytesOf(await collect(withUsage))).toBe(events.join(''))
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? '').stream_options).toEqual({
      include_usage: true,
      x: 1,
    })
  })

  it('6. an answer that is not streamed passes byte for byte', async () => {
    const body = `${JSON.stringify(answerOf('Fifteen'), null, 1)}\n`
    upstream.behave((connection) => connection.json(body))
    const frames = await collect(await open({ stream: false }))
    expect(bytesOf(frames)).toBe(body)
    expect(frames.map((frame) => wireOf(frame)?.framing)).toEqual(['json'])
  })

  it('6. an edited request is written anew, with everything it still says', async () => {
    upstream.behave((connection) => connection.json(answerOf('Fifteen')))
    const request = clientRequest(
      '{"model":"support","messages":[{"role":"user","content":"?"}],"top_k":7,"seed":3}',
    )
    await generate(model, editRequest(request, { temperature: 0 }), testCall())
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? '')).toEqual({
      model: 'tiny-1',
      messages: [{ role: 'user', content: '?' }],
      top_k: 7,
      seed: 3,
      temperature: 0,
    })
  })

  it.each(['before', 'after'] as const)(
    '7. cancelling tears the connection down, %s the first content',
    async (when) => {
      let connected: () => void = () => {}
      const isConnected = new Promise<void>((resolve) => {
        connected = resolve
      })
      upstream.behave(async (connection) => {
        connected()
        connection.head()
        if (when === 'after') await connection.chunk(chunk({ content: 'Fif' }))
      })
      const abort = new AbortController()
      const opening = model.open(testRequest(), testCall({ signal: abort.signal }))
      await isConnected
      if (when === 'after') await (await opening).cancel('client-gone')
      else {
        abort.abort()
        await expect(opening).rejects.toMatchObject({ code: 'llm.cancelled' })
      }
      await upstream.connections.at(-1)?.closed
      expect(upstream.connections.at(-1)?.socket.destroyed).toBe(true)
    },
  )

  it('8. the outcome is settled before the last frame, also where no [DONE] tells which it is', async () => {
    let goOn: () => void = () => {}
    const isRead = new Promise<void>((resolve) => {
      goOn = resolve
    })
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'Fifteen' }))
      await isRead
      await connection.chunk(chunk({}, 'stop'))
      await turns(50)
      connection.end()
    })
    const stream = await open()
    let isSettled = false
    void stream.outcome.then(() => {
      isSettled = true
    })
    for await (const frame of stream.frames) {
      const isLast = frame.events().some((event) => event.type === 'finish')
      expect(isSettled).toBe(isLast)
      goOn()
    }
    expect(isSettled).toBe(true)
  })

  it('8. the finish of every choice is known', async () => {
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'a' }, null, 0) + chunk({ content: 'b' }, null, 1))
      await connection.chunk(chunk({}, 'length', 1))
      await connection.chunk(chunk({}, 'stop', 0) + done)
      connection.end()
    })
    const { outcome, choices } = await generate(model, testRequest({ choices: 2 }), testCall())
    expect(outcome.finish).toEqual(
      new Map([
        [1, 'length'],
        [0, 'stop'],
      ]),
    )
    expect(choices.map(({ text }) => text)).toEqual(['a', 'b'])
  })

  it('8. a choice that never finished is a failure', async () => {
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'a' }, null, 0) + chunk({ content: 'b' }, null, 1))
      await connection.chunk(chunk({}, 'stop', 0) + done)
      connection.end()
    })
    await expect(generate(model, testRequest({ choices: 2 }), testCall())).rejects.toMatchObject({
      code: 'llm.upstream-broke-off',
    })
  })

  it('11. a first read of more than 256 KiB is content all the same', async () => {
    const event = chunk({ content: 'x'.repeat(400 * 1024) })
    upstream.behave(async (connection) => {
      connection.head()
      await connection.chunk(event)
      await connection.chunk(chunk({}, 'stop') + done)
      connection.end()
    })
    const stream = await open()
    expect(textOf(await collect(stream))).toHaveLength(400 * 1024)
    expect((await stream.outcome).end).toBe('finished')
  })

  it('11. at most 256 KiB wait for a slow reader, and nothing is lost', async () => {
    const piece = chunk({ content: 'x'.repeat(16 * 1024) })
    const pieces = 1024
    let isAllSent = false
    upstream.behave(async (connection) => {
      connection.head()
      for (let i = 0; i < pieces; i++) {
        void connection.chunk(piece)
        if (connection.socket.writableLength > 64 * 1024) await once(connection.socket, 'drain')
      }
      isAllSent = true
      await connection.chunk(chunk({}, 'stop') + done)
      connection.end()
    })
    const before = await heldBytes()
    const stream = await open()
    const { socket } = upstream.connections.at(-1) ?? {}
    const iterator = stream.frames[Symbol.asyncIterator]()
    let size = (await sizeOfNext(iterator)) ?? 0
    await untilStill(() => socket?.bytesWritten ?? 0)
    // The kernel's buffers take some megabytes; the rest has to wait in the server. Beside the 256 KiB there are
    // what one read brought, undici's own buffer, and what the server has not written.
    expect(isAllSent).toBe(false)
    expect((await heldBytes()) - before).toBeLessThan(1.5 * 1024 * 1024)
    for (let next = await sizeOfNext(iterator); next !== undefined; next = await sizeOfNext(iterator))
      size += next
    expect(size).toBe(pieces * piece.length + chunk({}, 'stop').length + done.length)
    expect((await stream.outcome).end).toBe('finished')
  })
})

const sizeOfNext = async (iterator: AsyncIterator<Frame>) => {
  const { done: isOver, value } = await iterator.next()
  return isOver ? undefined : wireOf(value)?.bytes.length
}
