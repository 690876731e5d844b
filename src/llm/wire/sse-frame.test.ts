import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frameData } from './sse-frame.js'
import { createSseParser } from './sse-parser.js'

it('the data of whole events is what the parser reads', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'data: {"a":1}',
      'data:x',
      'data',
      'data: ',
      'event: add',
      'id: 1',
      ': ping',
      '',
      'data:  y',
      'dataset: 1',
    ),
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `data: ${text.replace(/[\r\n]/g, ' ')}`),
  )
  const lineEnd = fc.constantFrom('\n', '\n', '\n', '\n', '\r\n', '\r')
  const frame = fc
    .array(fc.tuple(line, lineEnd), { maxLength: 12 })
    .map((lines) => `${lines.map((parts) => parts.join('')).join('')}data: last\n\n`)
  fc.assert(
    fc.property(frame, fc.boolean(), (text, hasMark) => {
      const bytes = Buffer.from((hasMark ? '\ufeff' : '') + text, 'utf8')
      expect(frameData(bytes)).toEqual(
        createSseParser()
          .push(bytes)
          .map(({ data }) => data),
      )
    }),
    { numRuns: 500 },
  )
})
