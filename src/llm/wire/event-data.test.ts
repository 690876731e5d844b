import fc from 'fast-check'
import { expect, it } from 'vitest'
import { eventData } from './event-data.js'
import { createSseParser } from './sse-parser.js'

const lines = fc.constantFrom(
  'data: {"a":1}',
  'data:x',
  'data: ',
  'data:',
  'data:  two spaces',
  'event: ping',
  ': comment',
  'id: 1',
  'retry: 5',
  'dataset: no',
  'data: 跨行',
  '',
)

it('finds the data that the parser finds, however events are written', () => {
  fc.assert(
    fc.property(
      fc.array(lines, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      (written, end, hasMark) => {
        const bytes = Buffer.from(`${hasMark ? '\ufeff' : ''}${written.join(end)}${end}${end}`)
        expect(eventData(bytes)).toEqual(
          createSseParser()
            .push(bytes)
            .map(({ data }) => data),
        )
      },
    ),
  )
})
