import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser } from '../wire/sse-parser.js'
import { createFrameCutter } from './frame-cutter.js'

const cut = (pieces: readonly Buffer[]) => {
  const cutter = createFrameCutter(1024 * 1024)
  const frames = pieces.flatMap((piece) => cutter.push(piece) ?? [])
  return { frames, rest: cutter.rest() }
}

describe('the frame cutter', () => {
  it('gives a read of whole events as it is', () => {
    const bytes = Buffer.from('data: 1\n\ndata: 2\n\n')
    expect(createFrameCutter(100).push(bytes)).toBe(bytes)
  })

  it('keeps the tail for the next read', () => {
    const { frames, rest } = cut([Buffer.from('data: 1\n\ndata: 2\n'), Buffer.from('\ndata')])
    expect(frames.map(String)).toEqual(['data: 1\n\n', 'data: 2\n\n'])
    expect(String(rest)).toBe('data')
  })

  it('refuses an event that grows over the limit', () => {
    const cutter = createFrameCutter(10)
    cutter.push(Buffer.from('data: 1'))
    expect(() => cutter.push(Buffer.from('data: 2'))).toThrow(/longer than 10 bytes/)
  })

  it('loses no byte and cuts no event, for any line ends and any chunking', () => {
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n')
    const event = fc
      .tuple(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), lineEnd), {
          minLength: 1,
          maxLength: 3,
        }),
        lineEnd,
      )
      .map(
        ([lines, end]) =>
          lines.map(([text, e]) => `data: ${text.replace(/[\r\n]/g, ' ')}${e}`).join('') + end,
      )
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (events, cuts) => {
          const bytes = Buffer.from(events.join(''), 'utf8')
          const at = [0, ...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
          const { frames, rest } = cut(at.slice(1).map((end, i) => bytes.subarray(at[i], end)))
          expect(Buffer.concat([...frames, rest])).toEqual(bytes)
          expect(createSseParser().push(rest)).toEqual([])
          const separately = frames.flatMap((frame) =>
            createSseParser()
              .push(frame)
              .map(({ data }) => data),
          )
          expect(separately).toEqual(
            createSseParser()
              .push(bytes)
              .map(({ data }) => data),
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})
