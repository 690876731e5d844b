import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineSplitter, encodeFrame, maxFrameBytes } from './frames.js'

const cut = (bytes: Buffer, at: readonly number[]) => {
  const points = [...new Set(at.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...points, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : points[i - 1], end))
}

describe('frames', () => {
  it('arrive whole and in order, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat()), (values, points) => {
        const bytes = Buffer.concat(values.map((value) => encodeFrame(value)))
        const split = createLineSplitter({ maxBytes: maxFrameBytes, tooLong: 'reject' })
        const received = cut(bytes, points).flatMap((chunk) => split(chunk).map((line) => JSON.parse(line)))
        expect(received).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))))
      }),
    )
  })

  it('are refused by the sender when they are too large', () => {
    expect(() => encodeFrame('x'.repeat(maxFrameBytes))).toThrow(/Send it in parts/)
  })

  it('are refused by the receiver before they fill the memory', () => {
    const split = createLineSplitter({ maxBytes: 10, tooLong: 'reject' })
    expect(split(Buffer.from('12345\n12345'))).toEqual(['12345'])
    expect(() => split(Buffer.from('678901'))).toThrow(/11 bytes exceeds the 10/)
  })

  it('are cut instead where text for people is read', () => {
    const split = createLineSplitter({ maxBytes: 4, tooLong: 'cut' })
    expect(split(Buffer.from('123456'))).toEqual(['123456'])
    expect(split(Buffer.from('78\n9\n'))).toEqual(['78', '9'])
  })
})
