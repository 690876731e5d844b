import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createLogger } from './create-logger.js'

const secret = `la-${'a1B2'.repeat(8)}`

/** A stream that can be told not to keep up. */
const createStream = () => {
  const emitter = new EventEmitter()
  const chunks: string[] = []
  const stream = {
    slow: false,
    chunks,
    lines: () =>
      chunks
        .join('')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    write: (text: string) => {
      chunks.push(text)
      return !stream.slow
    },
    once: (event: 'drain', listener: () => void) => emitter.once(event, listener),
    drain: () => emitter.emit('drain'),
  }
  return stream
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('createLogger', () => {
  it('writes JSON lines with level, time and fields, once per turn', async () => {
    const stream = createStream()
    const log = createLogger({ level: 'info', stream, name: 'gateway' })
    log.info({ route: 'support' }, 'answered')
    log.child({ requestId: 'req_1' }).warn({}, 'slow')
    log.debug({}, 'not shown')
    await turn()
    expect(stream.chunks).toHaveLength(1)
    expect(stream.lines()).toMatchObject([
      { level: 'info', name: 'gateway', route: 'support', msg: 'answered' },
      { level: 'warn', requestId: 'req_1', msg: 'slow' },
    ])
    expect(Date.parse(stream.lines()[0].time)).not.toBeNaN()
  })

  it('writes an error at once, with its cause and without secrets anywhere', () => {
    const stream = createStream()
    const log = createLogger({ level: 'info', stream }).child({ apiKey: 'first-secret' })
    const err = new Error(`upstream refused ${secret}`, { cause: new Error('Bearer second-secret') })
    log.error({ err, headers: { authorization: 'third-secret' } }, `failed for ${secret}`)
    const text = stream.chunks.join('')
    for (const hidden of [secret, 'first-secret', 'second-secret', 'third-secret'])
      expect(text).not.toContain(hidden)
    expect(stream.lines()[0].err.message).toBe('upstream refused la-[redacted]')
    expect(stream.lines()[0].err.cause.message).toBe('Bearer [redacted]')
  })

  it('drops and counts lines when the stream does not keep up, and goes on after drain', async () => {
    const stream = createStream()
    const log = createLogger({ level: 'info', stream })
    stream.slow = true
    log.info({}, 'the line that fills the stream')
    await turn()
    for (let i = 0; i < 300; i++) log.info({ filler: 'x'.repeat(10_000) }, 'more')
    expect(log.dropped()).toBeGreaterThan(150)
    stream.slow = false
    stream.drain()
    log.info({}, 'back')
    await turn()
    expect(stream.lines().at(-1).msg).toBe('back')
    expect(stream.lines()).toHaveLength(302 - log.dropped())
  })
})
