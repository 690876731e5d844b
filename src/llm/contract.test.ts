// The promises of the chat contract that every engine has to keep; each test's name starts with the number of the
// promise it checks. contract-bytes.test.ts and contract-stages.test.ts have the others.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCall, testRequest } from './__fixtures__/call.js'
import { collect, eventsOf, textOf } from './__fixtures__/streams.js'
import { type Subject, startSubjects } from './__fixtures__/subjects.js'
import { attemptsOf } from './attempts.js'
import type { ChatRequest, Frame } from './contract.js'
import { generate, partialAnswerOf } from './generate.js'
import { wireOf } from './identity.js'
import { tap } from './tap.js'

/** A gate that holds back one piece until it is opened. */
const createGate = (heldPiece: number) => {
  let open: () => void = () => {}
  let reached: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const atGate = new Promise<void>((resolve) => {
    reached = resolve
  })
  return {
    open: () => open(),
    reached: atGate,
    gate: async (piece: number) => {
      if (piece !== heldPiece) return
      reached()
      await opened
    },
  }
}

const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending')
  const settled = promise.then(
    () => undefined,
    () => undefined,
  )
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  return (await Promise.race([settled, Promise.resolve(pending)])) === pending
}

const passing: readonly string[] = ['openai-compatible', 'openai-responses', 'anthropic-messages', 'gemini']

describe.each([
  'openai-compatible',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'triton-generate',
  'ai-sdk',
  'ai-sdk, openai-compatible',
  'ai-sdk, openai',
  'ai-sdk, google',
  'scripted',
  'local',
] as const)('the %s engine', (name) => {
  let subject: Subject
  beforeAll(async () => {
    subject = await startSubjects[name]()
  })
  afterAll(() => subject.close())
  const open = (request: Partial<ChatRequest> = {}, signal?: AbortSignal) =>
    subject.model.open(testRequest(request), testCall(signal ? { signal } : {}))

  it('1. opens at the first content, and a role is none', async () => {
    const held = createGate(0)
    subject.play({ pieces: ['Fifteen', ' dollars.'], gate: held.gate })
    const opening = open()
    await held.reached
    expect(await isPending(opening)).toBe(true)
    held.open()
    const frames = await collect(await opening)
    expect(textOf(frames)).toBe('Fifteen dollars.')
    expect(eventsOf(frames)[0]?.type).toBe('start')
  })

  it('1. opens before the rest has come', async () => {
    const held = createGate(1)
    subject.play({ pieces: ['Fifteen', ' dollars.'], gate: held.gate })
    const stream = await open()
    held.open()
    expect(textOf(await collect(stream))).toBe('Fifteen dollars.')
  })

  it('1. opens with the whole answer when not streaming', async () => {
    subject.play({ pieces: ['Fifteen', ' dollars.'], usage: { input: 9, output: 3 } })
    const stream = await open({ stream: false })
    const frames = await collect(stream)
    expect(frames).toHaveLength(1)
    expect(textOf(frames)).toBe('Fifteen dollars.')
    expect((await stream.outcome).usage.output.total).toBe(3)
  })

  it('1. rejects before the first content, with its attempts', async () => {
    subject.play({ pieces: ['never'], isDown: true })
    const error = await open().catch((cause: unknown) => cause)
    expect(error).toMatchObject({ name: 'ArchitectError', retryable: true })
    expect(error).toMatchObject({ params: { attempts: [{ deployment: 'small', end: 'failed' }] } })
    expect(attemptsOf(error)).toMatchObject([{ deployment: 'small', end: 'failed' }])
  })

  it('1. an answer without any content opens at its end', async () => {
    subject.play({ pieces: [] })
    const stream = await open()
    expect((await stream.outcome).end).toBe('finished')
    expect(textOf(await collect(stream))).toBe('')
  })

  it('2. a failure after the first content is an error event', async () => {
    subject.play({ pieces: ['Fif', 'teen', ' dollars.'], diesAfter: 2 })
    const stream = await open()
    const events = eventsOf(await collect(stream))
    expect(events.at(-1)).toMatchObject({ type: 'error' })
    expect(events.filter((event) => event.type === 'finish')).toEqual([])
    expect(await stream.outcome).toMatchObject({ end: 'failed', attempts: [{ usageSource: 'partial' }] })
  })

  it('2. an end without a finish is a failure', async () => {
    subject.play({ pieces: ['Fif', 'teen'], endsAfter: 1 })
    const stream = await open()
    const events = eventsOf(await collect(stream))
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'llm.upstream-broke-off' } })
    expect(await stream.outcome).toMatchObject({ end: 'failed' })
  })

  it('7. cancel ends the frames, settles the outcome, and may be called again', async () => {
    subject.play({ pieces: ['Fif', 'teen'], stallsAfter: 1 })
    const stream = await open()
    const first = await stream.cancel('client-gone')
    expect(first).toMatchObject({ end: 'cancelled', attempts: [{ end: 'cancelled' }] })
    expect(await stream.cancel('deadline')).toBe(first)
    expect(await stream.outcome).toBe(first)
    expect(textOf(await collect(stream))).toBe('')
  })

  it('7. the signal cancels before the first content', async () => {
    subject.play({ pieces: ['never'], stallsAfter: 0 })
    const abort = new AbortController()
    const opening = open({}, abort.signal)
    expect(await isPending(opening)).toBe(true)
    abort.abort()
    await expect(opening).rejects.toMatchObject({ code: 'llm.cancelled' })
    expect(attemptsOf(await opening.catch((error: unknown) => error))).toMatchObject([{ end: 'cancelled' }])
  })

  it('7. a signal that is aborted already cancels', async () => {
    subject.play({ pieces: ['never'] })
    await expect(open({}, AbortSignal.abort())).rejects.toMatchObject({ code: 'llm.cancelled' })
  })

  it('7. the signal cancels after the first content, and the reader is told', async () => {
    subject.play({ pieces: ['Fif', 'teen'], stallsAfter: 1 })
    const abort = new AbortController()
    const stream = await open({}, abort.signal)
    abort.abort()
    const events = eventsOf(await collect(stream))
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'llm.cancelled' } })
    expect(await stream.outcome).toMatchObject({ end: 'cancelled' })
  })

  it('7. a reader that leaves before its first frame cancels', async () => {
    subject.play({ pieces: ['Fif', 'teen'], stallsAfter: 1 })
    const stream = await open()
    await stream.frames[Symbol.asyncIterator]().return?.()
    expect(await stream.outcome).toMatchObject({ end: 'cancelled' })
  })

  it('8. the outcome is settled before the last frame is read', async () => {
    subject.play({ pieces: ['Fif', 'teen'], finish: 'length', usage: { input: 9, output: 2 } })
    const stream = await open()
    let outcome: unknown
    void stream.outcome.then((settled) => {
      outcome = settled
    })
    const seen: unknown[] = []
    for await (const _frame of stream.frames) seen.push(outcome)
    expect(seen.at(-1)).toMatchObject({ end: 'finished' })
    expect((await stream.outcome).finish).toEqual(new Map([[0, 'length']]))
    expect((await stream.outcome).usage).toMatchObject({ input: { total: 9 }, output: { total: 2 } })
  })

  it('8. the outcome is settled before an error is read', async () => {
    subject.play({ pieces: ['Fif', 'teen'], diesAfter: 1 })
    const stream = await open()
    let isSettled = false
    void stream.outcome.then(() => {
      isSettled = true
    })
    for await (const frame of stream.frames)
      if (frame.events().some((event) => event.type === 'error')) expect(isSettled).toBe(true)
    expect(isSettled).toBe(true)
  })

  it('9. an outcome has exactly one attempt, with reported or estimated usage', async () => {
    subject.play({ pieces: ['Fifteen dollars.'], usage: { input: 9, output: 4 } })
    const reported = await (await generate(subject.model, testRequest(), testCall())).outcome
    expect(reported.attempts).toMatchObject([
      { deployment: 'small', usageSource: 'reported', end: 'finished' },
    ])
    subject.play({ pieces: ['Fifteen dollars.'] })
    const estimated = await (await generate(subject.model, testRequest(), testCall())).outcome
    expect(estimated.attempts).toMatchObject([{ usageSource: 'estimated', usage: { output: { total: 4 } } }])
    expect(estimated.usage.input.total).toBeGreaterThan(5)
  })

  it('9. cancelling one attempt leaves another alone', async () => {
    subject.play({ pieces: ['Fif', 'teen'], stallsAfter: 1 })
    const loser = await open()
    subject.play({ pieces: ['Fif', 'teen'] })
    const winner = await open()
    await loser.cancel('superseded')
    expect(textOf(await collect(winner))).toBe('Fifteen')
    expect((await loser.outcome).attempts).toMatchObject([{ end: 'cancelled', usageSource: 'partial' }])
    expect((await winner.outcome).end).toBe('finished')
  })

  it('10. an observer sees every frame, and the frames stay the same', async () => {
    subject.play({ pieces: ['Fif', 'teen'] })
    const seen: Frame[] = []
    const stream = tap(await open(), (frame) => seen.push(frame))
    const frames = await collect(stream)
    expect(seen).toEqual(frames)
    expect(frames.map(wireOf).every((wire) => (wire !== undefined) === passing.includes(name))).toBe(true)
  })

  it('12. generate puts the answer together', async () => {
    subject.play({ pieces: ['Fif', 'teen'], finish: 'stop' })
    const answer = await generate(subject.model, testRequest(), testCall())
    expect(answer.choices).toMatchObject([{ choice: 0, text: 'Fifteen', finish: 'stop' }])
    expect(answer.outcome.end).toBe('finished')
  })

  it('12. generate rejects with what was said and the outcome', async () => {
    subject.play({ pieces: ['Fif', 'teen'], diesAfter: 1 })
    const error = await generate(subject.model, testRequest(), testCall()).catch((cause: unknown) => cause)
    expect(partialAnswerOf(error)).toMatchObject({ choices: [{ text: 'Fif' }], outcome: { end: 'failed' } })
    expect(attemptsOf(error)).toMatchObject([{ end: 'failed' }])
  })
})
