import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonError } from './find-json-error.js'

const parses = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('findJsonError', () => {
  it.each([
    ['{"a": 1,}', 8, 'key'],
    ['{"a" 1}', 5, 'colon'],
    ['[1 2]', 3, 'comma'],
    ['', 0, 'value'],
    ['{"a": "b', 8, 'string'],
    ['{"a": "\\x"}', 7, 'escape'],
    ['{"a": 01}', 7, 'number'],
    ['{"a": 1} x', 9, 'end'],
    ["{'a': 1}", 1, 'key'],
    ['[tru]', 1, 'value'],
  ])('%s is wrong at %i', (text, position, expected) => {
    expect(findJsonError(text)).toMatchObject({ position, expected })
  })

  it('counts lines and columns from 1', () => {
    expect(findJsonError('{\n  "a": 1\n  "b": 2\n}')).toMatchObject({ line: 3, column: 3, expected: 'comma' })
  })

  it('needs no stack for deep nesting', () => {
    expect(findJsonError('['.repeat(200_000))).toMatchObject({ position: 200_000, expected: 'value' })
  })

  it('agrees with JSON.parse on mutated documents', () => {
    const mutated = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\0x-e. '))
      .map(([text, at, put]) => {
        const position = at % (text.length + 1)
        return text.slice(0, position) + put + text.slice(position + 1)
      })
    fc.assert(
      fc.property(mutated, (text) => {
        expect(findJsonError(text) === undefined).toBe(parses(text))
      }),
      { numRuns: 500 },
    )
  })
})
