import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWireSplitter, type WireUnit } from './wire-splitter.js'

const message = (type: string, body: Uint8Array = Buffer.alloc(0)) => {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}
const first = (code: number, body: Uint8Array = Buffer.alloc(0)) => {
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(code, 4)
  return Buffer.concat([head, body])
}
const startup = first(3 << 16, Buffer.from('user\0postgres\0\0'))

/** Feeds bytes cut at the given points. */
const feed = (bytes: Uint8Array, points: readonly number[] = [], maxUnitBytes = 1_000_000): WireUnit[] => {
  const splitter = createWireSplitter(maxUnitBytes)
  const ends = [...points.map((n) => n % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return ends.flatMap((end, i) => splitter.push(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)))
}

describe('createWireSplitter', () => {
  it('keeps an extended query together up to its Sync', () => {
    const extended = Buffer.concat([
      message('P', Buffer.from('s\0')),
      message('B'),
      message('E'),
      message('S'),
    ])
    const simple = message('Q', Buffer.from('select 1\0'))
    expect(feed(Buffer.concat([startup, extended, simple, message('X')]))).toEqual([
      { kind: 'startup', bytes: startup },
      { kind: 'query', bytes: extended, complete: true },
      { kind: 'query', bytes: simple, complete: true },
      { kind: 'terminate' },
    ])
  })

  it('marks a query that the client flushed and will go on with', () => {
    const flushed = Buffer.concat([message('P'), message('H')])
    const units = feed(Buffer.concat([startup, flushed, message('E'), message('S')]))
    expect(units.slice(1).map((unit) => unit.kind === 'query' && unit.complete)).toEqual([false, true])
  })

  it('finds the same units however the bytes are cut', () => {
    const types = fc.constantFrom('P', 'B', 'D', 'E', 'S', 'Q', 'H', 'C')
    const messages = fc.array(fc.tuple(types, fc.uint8Array({ maxLength: 40 })))
    fc.assert(
      fc.property(messages, fc.array(fc.nat()), (sent, points) => {
        const bytes = Buffer.concat([startup, ...sent.map(([type, body]) => message(type, body))])
        const whole = feed(bytes)
        expect(feed(bytes, points)).toEqual(whole)
        const units = whole.flatMap((unit) => ('bytes' in unit ? [unit.bytes] : []))
        const joined = Buffer.concat(units)
        expect(joined).toEqual(bytes.subarray(0, joined.length))
      }),
    )
  })

  it('recognises requests for encryption and for cancelling', () => {
    expect(feed(Buffer.concat([first(80877103), first(80877104), first(80877102, Buffer.alloc(8))]))).toEqual(
      [{ kind: 'encryption-request' }, { kind: 'encryption-request' }, { kind: 'cancel-request' }],
    )
  })

  it('refuses what is not PostgreSQL, and what is too large, and then reads no further', () => {
    expect(feed(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toMatchObject([{ kind: 'invalid' }])
    expect(feed(first(2 << 16, Buffer.alloc(4)))).toMatchObject([
      { kind: 'invalid', reason: 'protocol version 2 is not supported' },
    ])
    const large = Buffer.concat([startup, message('Q', Buffer.alloc(200)), message('Q')])
    expect(feed(large, [], 100)).toMatchObject([{ kind: 'startup' }, { kind: 'invalid' }])
  })
})
