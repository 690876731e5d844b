import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxJsonContainers, maxJsonDepth, parseJson } from './parse-json.js'

const codeOf = (bytes: Buffer | string) => {
  try {
    parseJson(Buffer.from(bytes as string))
    return 'ok'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
      { numRuns: 200 },
    )
  })

  it('takes nesting up to the limit and refuses it beyond, before building anything', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(codeOf(nested(maxJsonDepth))).toBe('ok')
    expect(codeOf(nested(maxJsonDepth + 1))).toBe('gateway.body-too-deep')
    expect(codeOf('['.repeat(5_000_000))).toBe('gateway.body-too-deep')
    expect(codeOf(`[${'{},'.repeat(maxJsonContainers)}1]`)).toBe('gateway.body-too-complex')
  })

  it('says that a byte order mark is in the way', () => {
    expect(codeOf('\ufeff{}')).toBe('gateway.body-byte-order-mark')
    expect(codeOf('{"a":"\ufeff"}')).toBe('ok')
    expect(codeOf('1')).toBe('ok')
  })

  it('does not count brackets inside texts', () => {
    expect(codeOf(JSON.stringify({ a: '[{"\\'.repeat(100_000) }))).toBe('ok')
  })

  it('names the first byte that is not UTF-8', () => {
    const broken = fc.tuple(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom([0xff], [0xe4, 0x22], [0xc0, 0x80], [0xf0, 0x9f]),
    )
    fc.assert(
      fc.property(broken, ([text, bad]) => {
        const before = Buffer.from(text.toWellFormed())
        try {
          parseJson(Buffer.concat([before, Buffer.from(bad), Buffer.from('abc')]))
          expect.unreachable()
        } catch (error) {
          expect(error).toMatchObject({ code: 'gateway.body-not-utf8', params: { position: before.length } })
        }
      }),
      { numRuns: 200 },
    )
  })
})
