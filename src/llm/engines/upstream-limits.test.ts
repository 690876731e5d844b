import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { chunk, done } from '../__fixtures__/chunks.js'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { turns } from '../__fixtures__/memory.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { attemptsOf } from '../attempts.js'
import type { ChatCall } from '../contract.js'
import { createOpenAiCompatibleModel, type OpenAiCompatibleModel } from './openai-compatible.js'

const timeouts = { connectMs: 1_000, firstContentMs: 10_000, idleMs: 3_000 }
let upstream: FakeUpstream
let clock: ManualClock
let model: OpenAiCompatibleModel

const createModel = (address: string) =>
  createOpenAiCompatibleModel({ deployment: { ...deployment, address, timeouts }, facts, clock })

beforeAll(async () => {
  upstream = await startFakeUpstream()
  clock = createManualClock()
  model = createModel(upstream.address)
})
afterAll(async () => {
  await upstream.close()
  await model.close()
})

/** Opens a call, and resolves when the server has its request. */
const start = async (behaviour: Behaviour, call: Partial<ChatCall> = {}, stream = true) => {
  let arrived: () => void = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  upstream.behave(async (connection) => {
    await behaviour(connection)
    arrived()
  })
  const opening = model.open(testRequest({ stream }), testCall(call))
  opening.catch(() => {})
  await arrival
  return { opening }
}

describe('limits of time', () => {
  it('bound the wait for a connection', async () => {
    // A server that accepts and never answers the TLS handshake.
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const closed = createModel(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`)
    const opening = closed.open(testRequest(), testCall())
    const connection = once(silent, 'connection')
    opening.catch(() => {})
    const [socket] = await connection
    await clock.advance(999)
    await clock.advance(1)
    await expect(opening).rejects.toMatchObject({
      code: 'llm.upstream-timeout',
      retryable: true,
      params: { phase: 'connect', limitMs: 1_000 },
    })
    expect(attemptsOf(await opening.catch((error: unknown) => error))).toMatchObject([
      { usageSource: 'none' },
    ])
    socket.destroy()
    silent.close()
    await once(silent, 'close')
  })

  it.each([true, false])(
    'bound the wait for the first content (stream: %s), and drop the connection',
    async (stream) => {
      const { opening } = await start(() => {}, {}, stream)
      const waited = clock.advance(9_999).then(() => 'pending')
      expect(await Promise.race([opening, waited])).toBe('pending')
      await clock.advance(1)
      await expect(opening).rejects.toMatchObject({ params: { phase: 'first-content', limitMs: 10_000 } })
      await upstream.connections.at(-1)?.closed
      expect(attemptsOf(await opening.catch((error: unknown) => error))).toMatchObject([
        { usageSource: 'partial' },
      ])
    },
  )

  it('are not reset by anything but content', async () => {
    const { opening } = await start((connection) => {
      connection.head()
      void connection.raw('5\r\n: hi\n\r\n')
    })
    await clock.advance(6_000)
    await upstream.connections.at(-1)?.chunk(chunk({ role: 'assistant' }))
    await clock.advance(4_000)
    await expect(opening).rejects.toMatchObject({ params: { phase: 'first-content' } })
  })

  it('bound the silence after the first content', async () => {
    const { opening } = await start(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'Fif' }))
    })
    const stream = await opening
    await clock.advance(2_999)
    await clock.advance(1)
    const last = eventsOf(await collect(stream)).at(-1)
    expect(last).toMatchObject({ type: 'error', error: { params: { phase: 'idle', limitMs: 3_000 } } })
    await upstream.connections.at(-1)?.closed
    expect(await stream.outcome).toMatchObject({ end: 'failed', attempts: [{ usageSource: 'partial' }] })
  })

  it('count silence from the last piece', async () => {
    const { opening } = await start(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'Fif' }))
    })
    const stream = await opening
    const iterator = stream.frames[Symbol.asyncIterator]()
    await iterator.next()
    await clock.advance(2_000)
    const next = iterator.next()
    await upstream.connections.at(-1)?.chunk(chunk({ content: 'teen' }))
    await next
    await clock.advance(2_999)
    expect(upstream.connections.at(-1)?.socket.destroyed).toBe(false)
    await upstream.connections.at(-1)?.chunk(chunk({}, 'stop') + done)
    upstream.connections.at(-1)?.end()
    expect((await stream.outcome).end).toBe('finished')
  })

  it('do not run while the reader is behind', async () => {
    const piece = chunk({ content: 'x'.repeat(64 * 1024) })
    const { opening } = await start(async (connection) => {
      connection.head()
      await connection.chunk(piece)
      for (let i = 0; i < 15; i++) void connection.chunk(piece)
      void connection.chunk(chunk({}, 'stop') + done)
      connection.end()
    })
    const stream = await opening
    await turns(200)
    await clock.advance(30_000)
    const frames = await collect(stream)
    expect(textOf(frames)).toHaveLength(16 * 64 * 1024)
    expect((await stream.outcome).end).toBe('finished')
  })

  it('end with the deadline of the call, before and after the first content', async () => {
    const { opening } = await start(() => {}, { deadlineMs: clock.monotonicMs() + 500 })
    await clock.advance(500)
    await expect(opening).rejects.toMatchObject({ params: { phase: 'deadline', limitMs: 500 } })
    const later = await start(
      async (connection) => {
        connection.head()
        await connection.chunk(chunk({ content: 'Fif' }))
      },
      { deadlineMs: clock.monotonicMs() + 700 },
    )
    const stream = await later.opening
    await clock.advance(700)
    expect(eventsOf(await collect(stream)).at(-1)).toMatchObject({ error: { params: { phase: 'deadline' } } })
  })

  it('refuse a call whose deadline has passed', async () => {
    const opening = model.open(testRequest(), testCall({ deadlineMs: clock.monotonicMs() - 1 }))
    await expect(opening).rejects.toMatchObject({ params: { phase: 'deadline' } })
  })

  it('give an upstream that does not end after [DONE] one second', async () => {
    const { opening } = await start(async (connection) => {
      connection.head()
      await connection.chunk(chunk({ content: 'Fifteen' }, 'stop') + done)
    })
    const stream = await opening
    expect(textOf(await collect(stream))).toBe('Fifteen')
    expect((await stream.outcome).end).toBe('finished')
    await clock.advance(1_000)
    await upstream.connections.at(-1)?.closed
  })
})
