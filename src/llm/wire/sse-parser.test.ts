import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser, type SseEvent } from './sse-parser.js'

const parse = (text: string): SseEvent[] => createSseParser().push(Buffer.from(text, 'utf8'))
const dataOf = (text: string) => parse(text).map(({ data }) => data)

describe('the SSE parser', () => {
  // Examples of the HTML standard, section 9.2.6, and its rules one by one.
  it.each([
    ['several lines of data', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']],
    ['comments', ': test stream\n\ndata: first\n: x\n\n', ['first']],
    ['empty data', 'data\n\ndata\ndata\n\ndata:', ['', '\n']],
    ['one optional space', 'data:test\n\ndata: test\n\ndata:  test\n\n', ['test', 'test', ' test']],
    ['CRLF', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']],
    ['CR', 'data: a\rdata: b\r\r', ['a\nb']],
    ['mixed line ends', 'data: a\r\n\ndata: b\n\r\ndata: c\r\r\n', ['a', 'b', 'c']],
    ['a byte order mark', '\ufeffdata: a\n\n', ['a']],
    ['a byte order mark later on', 'data: a\n\n\ufeffdata: b\n\n', ['a']],
    ['fields it does not know', 'foo: 1\nbar\ndata: a\n\n', ['a']],
    ['an event without its blank line', 'data: a\n', []],
    ['colons in data', 'data: a: b\n\n', ['a: b']],
    ['no events at all', '\n\n\r\r\n', []],
  ])('reads %s', (_what, text, expected) => {
    expect(dataOf(text)).toEqual(expected)
  })

  it('reads event names, which last for one event', () => {
    expect(parse('event: add\ndata: 1\n\ndata: 2\n\nevent\ndata: 3\n\n').map(({ event }) => event)).toEqual([
      'add',
      'message',
      'message',
    ])
  })

  it('drops an event name without data', () => {
    expect(parse('event: add\n\ndata: 1\n\n')).toEqual([{ event: 'message', data: '1', id: '' }])
  })

  it('keeps the last id, and none with a NUL', () => {
    expect(
      parse('id: 1\ndata: a\n\ndata: b\n\nid: 2\u0000\ndata: c\n\nid\ndata: d\n\n').map(({ id }) => id),
    ).toEqual(['1', '1', '1', ''])
  })

  it('reads the retry time when it is a number', () => {
    const parser = createSseParser()
    parser.push(Buffer.from('retry: 1500\nretry: soon\n\n'))
    expect(parser.retryMs()).toBe(1500)
  })

  it('says whether it is inside an event', () => {
    const parser = createSseParser()
    parser.push(Buffer.from('data: a\n\n'))
    expect(parser.isInsideEvent()).toBe(false)
    parser.push(Buffer.from('da'))
    expect(parser.isInsideEvent()).toBe(true)
  })

  it('refuses a line, and data of many lines, over its limit', () => {
    const limited = () => createSseParser({ maxEventBytes: 16 })
    expect(() => limited().push(Buffer.from(`data: ${'x'.repeat(20)}`))).toThrow(/longer than 16 bytes/)
    const parser = limited()
    expect(() => {
      for (let i = 0; i < 20; i++) parser.push(Buffer.from('data: x\n'))
      for (let i = 0; i < 20; i++) parser.push(Buffer.from('data: xx\n'))
    }).toThrow(/longer than 16 bytes/)
  })

  it('gives the same events for any chunking, also inside a character', () => {
    const lineEnd = fc.constantFrom('\n', '\r', '\r\n')
    const line = fc.oneof(
      fc.tuple(
        fc.constantFrom('data: ', 'data:', 'event: ', 'id: ', ': ', 'x: '),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
      ),
      fc.constantFrom(['', ''], ['data', '']),
    )
    const stream = fc
      .array(fc.tuple(line, lineEnd), { maxLength: 30 })
      .map((lines) =>
        lines.map(([[name, value], end]) => name + value.replace(/[\r\n]/g, ' ') + end).join(''),
      )
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (text, cuts) => {
        const bytes = Buffer.from(text, 'utf8')
        const parser = createSseParser()
        const events: SseEvent[] = []
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
        for (let i = 1; i < at.length; i++) events.push(...parser.push(bytes.subarray(at[i - 1], at[i])))
        expect(events).toEqual(parse(text))
      }),
      { numRuns: 500 },
    )
  })
})
