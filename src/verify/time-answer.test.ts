import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { createHttpTransport } from './http-transport.js'
import { type FakeSystem, type FakeSystemOptions, startFakeSystem } from './testing.js'
import { timeAnswer } from './time-answer.js'

let system: FakeSystem | undefined
let transport: ReturnType<typeof createHttpTransport> | undefined
afterEach(async () => {
  await transport?.close()
  await system?.close()
})

const time = async (options: FakeSystemOptions, signal = new AbortController().signal) => {
  system = await startFakeSystem(options)
  transport = createHttpTransport(system.url)
  return timeAnswer(transport, {
    model: 'm',
    question: 'q',
    signal,
    nowMs: systemClock.monotonicMs,
  })
}

describe('timeAnswer', () => {
  it('takes the first piece, the last one and the tokens', async () => {
    const timed = await time({ outputTokens: 7, gapMs: 5 })
    expect(timed?.outputTokens).toBe(7)
    expect(timed?.lastContentMs).toBeGreaterThan(timed?.firstContentMs ?? Number.POSITIVE_INFINITY)
  })
  it.each(['http-500', 'cut-off'] as const)('says nothing of an answer that failed (%s)', async (fault) => {
    expect(await time({ fault: () => fault })).toBeUndefined()
  })
  it('passes on that it was stopped', async () => {
    const stop = new AbortController()
    const timing = time({ gapMs: 60_000 }, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(timing).rejects.toThrow('stopped')
  })
})
