import { describe, expect, it } from 'vitest'
import { ArchitectError, createManualClock, systemClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { generate } from '../generate.js'
import { createScriptedModel, type Script } from './scripted.js'

const create = (script: Script, clock = createManualClock()) =>
  createScriptedModel({ id: 'scripted', script, clock })
const say = async (model: ReturnType<typeof create>) =>
  (await generate(model, testRequest(), testCall())).choices[0]?.text
const error = new ArchitectError('test.down', {}, 'down')

describe('a scripted model', () => {
  it('says the same to every call', async () => {
    const model = create('Fifteen dollars.')
    expect([await say(model), await say(model)]).toEqual(['Fifteen dollars.', 'Fifteen dollars.'])
  })

  it('says one answer after the other, and rejects when none is left', async () => {
    const model = create(['one', { text: ['t', 'wo'] }])
    expect([await say(model), await say(model)]).toEqual(['one', 'two'])
    await expect(say(model)).rejects.toMatchObject({ code: 'llm.script-exhausted', params: { calls: 2 } })
  })

  it('says what a function makes of the request', async () => {
    const model = create(async (request) => `for ${request.model}`)
    expect(await say(model)).toBe('for support')
  })

  it('records its calls', async () => {
    const model = create('x')
    const request = testRequest({ seed: 4 })
    const call = testCall({ requestId: 'req_9' })
    await generate(model, request, call)
    expect(model.calls).toEqual([{ request, call }])
  })

  it('paces its pieces on the clock', async () => {
    const clock = createManualClock()
    const model = create({ text: ['a', 'b', 'c'], firstContentMs: 100, betweenMs: 10 }, clock)
    const heard: string[] = []
    let isOpen = false
    const reading = model.open(testRequest(), testCall()).then(async (stream) => {
      isOpen = true
      for await (const frame of stream.frames) heard.push(textOf([frame]))
    })
    await clock.advance(99)
    expect(isOpen).toBe(false)
    await clock.advance(1)
    expect([isOpen, heard.join('')]).toEqual([true, 'a'])
    await clock.advance(9)
    expect(heard.join('')).toBe('a')
    await clock.advance(1)
    expect(heard.join('')).toBe('ab')
    await clock.advance(10)
    await reading
    expect(heard.join('')).toBe('abc')
  })

  it('takes as long when it does not stream', async () => {
    const clock = createManualClock()
    const model = create({ text: ['a', 'b'], firstContentMs: 100, betweenMs: 10 }, clock)
    const answer = generate(model, testRequest({ stream: false }), testCall())
    await clock.advance(109)
    expect(clock.sleeping()).toBe(1)
    await clock.advance(1)
    expect((await answer).choices[0]?.text).toBe('ab')
  })

  it.each([
    [{ failBefore: error }, 'rejects', 'test.down'],
    [{ text: 'a', failAfter: { pieces: 0, error } }, 'rejects', 'test.down'],
    [{ text: 'a', endAfter: 0 }, 'rejects', 'llm.upstream-broke-off'],
    [{ text: ['a', 'b'], failAfter: { pieces: 1, error } }, 'breaks', 'test.down'],
    [{ text: ['a', 'b'], failAfter: { pieces: 2, error } }, 'breaks', 'test.down'],
    [{ text: ['a', 'b'], endAfter: 1 }, 'breaks', 'llm.upstream-broke-off'],
  ] as const)('fails as told: %j', async (script, how, code) => {
    const opening = create(script).open(testRequest(), testCall())
    if (how === 'rejects') await expect(opening).rejects.toMatchObject({ code })
    else
      expect(eventsOf(await collect(await opening)).at(-1)).toMatchObject({ type: 'error', error: { code } })
  })

  it('says any events, and adds what every stream has', async () => {
    const call = { type: 'tool-call', choice: 0, index: 0, id: 'c1', name: 'block', arguments: '{}' } as const
    const usage = { input: { total: 5, cacheRead: 0, cacheWrite: 0 }, output: { total: 2, reasoning: 0 } }
    const answer = await generate(
      create({ events: [call], finish: 'tool_calls', usage }),
      testRequest(),
      testCall(),
    )
    expect(answer.events.map(({ type }) => type)).toEqual(['start', 'tool-call', 'finish', 'usage'])
    expect(answer.choices[0]?.toolCalls).toEqual([{ id: 'c1', name: 'block', arguments: '{}' }])
    expect(answer.outcome).toMatchObject({ usage, attempts: [{ usageSource: 'reported' }] })
  })

  it('waits for a slow reader', async () => {
    const pieces = Array.from({ length: 200 }, () => 'x'.repeat(8 * 1024))
    const stream = await create({ text: pieces }, createManualClock()).open(testRequest(), testCall())
    for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
    let isSettled = false
    void stream.outcome.then(() => {
      isSettled = true
    })
    await Promise.resolve()
    expect(isSettled).toBe(false)
    expect(textOf(await collect(stream))).toHaveLength(200 * 8 * 1024)
  })

  it('runs on the real clock too', async () => {
    expect(
      await say(
        create(
          { text: ['a', 'b'], firstContentMs: 1, betweenMs: 1 },
          { ...createManualClock(), ...systemClock },
        ),
      ),
    ).toBe('ab')
  })
})
