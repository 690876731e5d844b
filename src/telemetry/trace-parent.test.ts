import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTraceParent, parseTraceParent, startSpan } from './trace-parent.js'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = 'b7ad6b7169203331'

describe('traceparent', () => {
  it('reads what it writes', () => {
    const root = startSpan()
    expect(parseTraceParent(formatTraceParent(root))).toEqual(root)
    expect(root.sampled).toBe(true)
  })

  it('keeps the trace and its sampling, and starts a new span', () => {
    const parent = parseTraceParent(`00-${trace}-${span}-00`)
    const child = startSpan(parent)
    expect(child).toMatchObject({ traceId: trace, sampled: false })
    expect(child.spanId).not.toBe(span)
  })

  it.each([
    `00-${trace}-${span}-01-extra`,
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}`,
    '',
  ])('refuses %s', (header) => {
    expect(parseTraceParent(header)).toBeUndefined()
  })

  it('reads a later version by its first four fields', () => {
    expect(parseTraceParent(`01-${trace}-${span}-03-later`)).toEqual({
      traceId: trace,
      spanId: span,
      sampled: true,
    })
    expect(parseTraceParent(`01-${trace}-${span}-01later`)).toBeUndefined()
  })

  it('takes any header without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(() => parseTraceParent(header)).not.toThrow()
      }),
    )
  })
})
