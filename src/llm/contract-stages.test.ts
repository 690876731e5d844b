// The promises of the chat contract that stages have to keep; each test's name starts with the number of the promise
// it checks.

import { describe, expect, it } from 'vitest'
import { ArchitectError, createManualClock, noUsage } from '../core/index.js'
import { testCall, testRequest } from './__fixtures__/call.js'
import { collect, eventsOf, textOf } from './__fixtures__/streams.js'
import { answerStream } from './answer-stream.js'
import { beforeLastFrame, settleFirst } from './before-last-frame.js'
import { commitStream } from './commit-stream.js'
import type { ChatStream, Frame } from './contract.js'
import { createScriptedModel } from './engines/scripted.js'
import { createFrame, frameOf } from './frame.js'
import { editFrame, wireOf } from './identity.js'
import { mapFrames } from './map-frames.js'
import { readyOf, withHead } from './ready-stream.js'
import { tap } from './tap.js'

const texts = (...pieces: string[]) => pieces.map((text) => frameOf([{ type: 'text', choice: 0, text }]))
const someUsage = { ...noUsage, output: { total: 3, reasoning: 0 } }
const readyStreamOf = (frames: readonly Frame[]) =>
  answerStream({ answeredBy: { stage: 'cache' }, frames, outcome: { usage: someUsage } })

/** A copy is a stream of which nobody knows that it is ready. */
const forms = [
  ['ready', (stream: ChatStream) => stream],
  ['under way', (stream: ChatStream) => ({ ...stream })],
] as const

describe.each(forms)('stages around a stream that is %s', (_form, formed) => {
  const streamOfFrames = (frames: readonly Frame[]) => formed(readyStreamOf(frames))

  it('1. where an editor withholds, the commit point is the first released content', async () => {
    const seen: string[] = []
    const inner = tap(streamOfFrames(texts('a', 'b', 'c')), (frame) => seen.push(textOf([frame])))
    const committed = await commitStream(
      mapFrames(inner, { edit: (frame) => (textOf([frame]) === 'c' ? frame : editFrame(frame, [])) }),
    )
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(textOf(await collect(committed))).toBe('c')
  })

  it.each([
    { type: 'refusal', choice: 0, text: 'No.' },
    { type: 'reasoning', choice: 0, text: 'Hm.' },
    { type: 'tool-call', choice: 0, index: 0, id: 'c', name: 'block', arguments: '' },
    { type: 'item', choice: 0, dialect: 'openai-chat', value: { audio: {} } },
  ] as const)('1. content is also: $type', async (content) => {
    let read = 0
    const error = new ArchitectError('test.failed', {}, 'failed')
    const frames = [[{ type: 'start', choice: 0 }], [content], [{ type: 'error', choice: 0, error }]] as const
    const stream = tap(streamOfFrames(frames.map((events) => frameOf(events))), () => read++)
    const committed = await commitStream(stream)
    expect(read).toBe(2)
    expect(eventsOf(await collect(committed))).toHaveLength(3)
  })

  it('1. a stream that fails before its first released content rejects', async () => {
    const error = new ArchitectError('test.failed', {}, 'failed')
    await expect(
      commitStream(streamOfFrames([frameOf([{ type: 'error', choice: 0, error }])])),
    ).rejects.toMatchObject({
      code: error.code,
    })
  })

  it('8. a stage that ends a stream gives its own outcome and keeps the usage that was spent', async () => {
    const ended = mapFrames(streamOfFrames(texts('a', 'attack', 'b')), {
      edit: (frame) =>
        textOf([frame]) === 'attack'
          ? {
              last: frameOf([{ type: 'finish', choice: 0, reason: 'content_filter' }]),
              outcome: { end: 'blocked', finish: new Map([[0, 'content_filter']]) },
            }
          : frame,
    })
    const frames = await collect(ended)
    expect(textOf(frames)).toBe('a')
    expect(eventsOf(frames).at(-1)).toMatchObject({ type: 'finish', reason: 'content_filter' })
    expect(await ended.outcome).toMatchObject({ end: 'blocked', usage: someUsage })
  })

  it('8. a cache hit costs nothing and has no attempts', async () => {
    const stream = answerStream({
      answeredBy: { stage: 'cache' },
      events: [
        { type: 'text', choice: 0, text: 'a' },
        { type: 'finish', choice: 0, reason: 'stop' },
      ],
    })
    expect(await stream.outcome).toEqual({
      end: 'finished',
      finish: new Map([[0, 'stop']]),
      usage: noUsage,
      attempts: [],
    })
  })

  it('8. a journal write is done before the last frame is read', async () => {
    const log: string[] = []
    const stream = beforeLastFrame(streamOfFrames(texts('a', 'b')), async (outcome) => {
      await new Promise((resolve) => setImmediate(resolve))
      log.push('settled')
      return outcome
    })
    for await (const frame of stream.frames) log.push(textOf([frame]))
    expect(log).toEqual(['a', 'settled', 'b'])
  })

  it('8. a journal write that fails makes the outcome fail', async () => {
    const stream = beforeLastFrame(streamOfFrames(texts('a')), () => {
      throw new Error('disk full')
    })
    await collect(stream)
    expect(await stream.outcome).toMatchObject({ end: 'failed', error: { params: { detail: 'disk full' } } })
  })

  it('10. an observer does not decode what nobody reads', async () => {
    let decoded = 0
    const wire = { dialect: 'openai-chat', framing: 'sse', bytes: Buffer.from('data: {}\n\n') } as const
    const frame = createFrame(wire, () => {
      decoded++
      return []
    })
    let shown = 0
    const hit = answerStream({
      answeredBy: { stage: 'cache' },
      frames: [frame],
      outcome: { finish: new Map() },
    })
    await collect(tap(hit, () => shown++))
    expect(shown).toBe(1)
    expect(decoded).toBe(0)
  })

  it('2. an editor that throws ends the stream with an error event', async () => {
    const broken = mapFrames(streamOfFrames(texts('a', 'b', 'c')), {
      edit: (frame) => {
        if (textOf([frame]) === 'b') throw new Error('the editor is broken')
        return frame
      },
    })
    const frames = await collect(broken)
    expect(textOf(frames)).toBe('a')
    expect(eventsOf(frames).at(-1)).toMatchObject({
      type: 'error',
      error: { params: { detail: 'the editor is broken' } },
    })
    expect(await broken.outcome).toMatchObject({ end: 'failed' })
  })

  it('8. a journal write that takes its time is done before the answer is handed on', async () => {
    const log: string[] = []
    const stream = await settleFirst(streamOfFrames(texts('a')), async (outcome) => {
      await new Promise((resolve) => setImmediate(resolve))
      log.push('settled')
      return {
        ...outcome,
        attempts: [{ deployment: 'a', usage: someUsage, usageSource: 'reported', end: 'finished' }],
      }
    })
    for await (const frame of stream.frames) log.push(textOf([frame]))
    expect(log).toEqual(['settled', 'a'])
    expect(await stream.outcome).toMatchObject({ end: 'finished', attempts: [{ deployment: 'a' }] })
  })

  it('8. a journal write that fails makes the outcome fail, also there', async () => {
    const stream = await settleFirst(streamOfFrames(texts('a')), () => {
      throw new Error('disk full')
    })
    await collect(stream)
    expect(await stream.outcome).toMatchObject({ end: 'failed', error: { params: { detail: 'disk full' } } })
  })

  it('5. no frame has bytes from the first edit on', async () => {
    const wire = (text: string) =>
      ({ dialect: 'openai-chat', framing: 'sse', bytes: Buffer.from(text) }) as const
    const frames = ['a', 'b', 'c'].map((text) =>
      createFrame(wire(text), () => [{ type: 'text', choice: 0, text }]),
    )
    const edited = mapFrames(streamOfFrames(frames), {
      edit: (frame) => (textOf([frame]) === 'b' ? editFrame(frame, []) : frame),
    })
    const out = await collect(edited)
    expect(out.map((frame) => wireOf(frame)?.bytes.toString())).toEqual(['a', undefined, undefined])
  })

  it('what was withheld comes at the end', async () => {
    const held: Frame[] = []
    const delayed = mapFrames(streamOfFrames(texts('a', 'b', 'c')), {
      edit: (frame) => {
        held.push(frame)
        return { released: held.length === 2 ? held.splice(0) : [] }
      },
      flush: () => held[0],
    })
    expect(textOf(await collect(delayed))).toBe('abc')
  })
})

describe('a stream that is ready', () => {
  it('stays so behind editors, heads and settlements, until it is read or copied', async () => {
    const head = { status: 200, headers: new Map([['x-a', '1']]) }
    const stream = await settleFirst(
      withHead(mapFrames(readyStreamOf(texts('a')), { edit: (frame) => frame }), head),
      (outcome) => outcome,
    )
    const committed = await commitStream(stream)
    expect(readyOf(committed)?.head).toBe(head)
    expect(readyOf({ ...committed })).toBeUndefined()
    expect(readyOf(tap(committed, () => {}))).toBeUndefined()
    expect(textOf(await collect(committed))).toBe('a')
    expect(readyOf(committed)).toBeUndefined()
  })

  it('says nothing more once it was cancelled', async () => {
    const stream = readyStreamOf(texts('a', 'b'))
    expect(await stream.cancel('client-gone')).toMatchObject({ end: 'finished', usage: someUsage })
    expect(readyOf(stream)).toBeUndefined()
    expect(await collect(stream)).toEqual([])
  })
})

describe('stages around an engine', () => {
  const stalling = () =>
    createScriptedModel({
      id: 'inner',
      script: { text: ['a', 'b', 'c'], stallAfter: 2 },
      clock: createManualClock(),
    })
  /** A stream behind every kind of stage, and how often its outcome was written down. */
  const openBehindStages = async (signal = new AbortController().signal) => {
    const written: string[] = []
    const inner = await stalling().open(testRequest(), testCall({ signal }))
    const journalled = beforeLastFrame(inner, (outcome) => {
      written.push(outcome.end)
      return outcome
    })
    return { stream: tap(mapFrames(journalled, { edit: (frame) => frame }), () => {}), written }
  }

  it('7. cancel passes through every stage, and each settles once', async () => {
    const { stream, written } = await openBehindStages()
    const [first, second] = await Promise.all([stream.cancel('client-gone'), stream.cancel('deadline')])
    expect(first).toMatchObject({
      end: 'cancelled',
      attempts: [{ deployment: 'inner', usageSource: 'partial' }],
    })
    expect(second).toBe(first)
    expect(await stream.outcome).toBe(first)
    expect(written).toEqual(['cancelled'])
    expect(await collect(stream)).toEqual([])
  })

  it('7. a reader that leaves behind stages cancels the engine', async () => {
    const { stream, written } = await openBehindStages()
    for await (const _frame of stream.frames) break
    expect(await stream.outcome).toMatchObject({ end: 'cancelled' })
    expect(written).toEqual(['cancelled'])
  })

  it('7. the signal settles every stage, though nobody reads', async () => {
    const abort = new AbortController()
    const { stream, written } = await openBehindStages(abort.signal)
    abort.abort()
    expect(await stream.outcome).toMatchObject({ end: 'cancelled', error: { code: 'llm.cancelled' } })
    expect(written).toEqual(['cancelled'])
  })

  it('8. a block while the engine still speaks cancels it, and says blocked', async () => {
    const inner = await stalling().open(testRequest(), testCall())
    const blocked = mapFrames(inner, {
      edit: (frame) =>
        textOf([frame]) === 'b'
          ? {
              last: frameOf([{ type: 'finish', choice: 0, reason: 'content_filter' }]),
              outcome: { end: 'blocked', finish: new Map([[0, 'content_filter']]) },
            }
          : frame,
    })
    expect(textOf(await collect(blocked))).toBe('a')
    expect((await inner.outcome).end).toBe('cancelled')
    expect(await blocked.outcome).toMatchObject({
      end: 'blocked',
      finish: new Map([[0, 'content_filter']]),
      attempts: [{ deployment: 'inner', end: 'cancelled', usage: { output: { total: 1 } } }],
    })
  })
})
