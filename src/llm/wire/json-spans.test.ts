import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objectSpans, spliceBytes } from './json-spans.js'

describe('object spans', () => {
  it('find every value of any object, at any spacing', () => {
    const spacing = fc.constantFrom(undefined, 1, '\t', '\r\n  ')
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), spacing, (value, space) => {
        const clean = JSON.parse(JSON.stringify(value))
        const bytes = Buffer.from(JSON.stringify(clean, null, space), 'utf8')
        const spans = objectSpans(bytes)
        const found = spans?.fields.map(({ name, start, end }) => [
          name,
          JSON.parse(bytes.toString('utf8', start, end)),
        ])
        expect(found).toEqual(Object.entries(clean))
        expect(bytes[spans?.end ?? 0]).toBe('}'.charCodeAt(0))
      }),
      { numRuns: 500 },
    )
  })

  it('replace one value and leave every other byte', () => {
    const text = '\ufeff { "a\\u0062" : [1 , {"model":"}"}], "model" : "x\\\\\\"" ,"n":-1.5e3 } '
    const bytes = Buffer.from(text, 'utf8')
    const model = objectSpans(bytes)?.fields.find(({ name }) => name === 'model')
    expect(model).toBeDefined()
    const spliced = spliceBytes(bytes, model ? [{ ...model, text: '"y"' }] : [])
    expect(spliced.toString('utf8')).toBe(text.replace('"x\\\\\\""', '"y"'))
    expect(objectSpans(bytes)?.fields.map(({ name }) => name)).toEqual(['ab', 'model', 'n'])
  })

  it('show a name that occurs twice', () => {
    expect(objectSpans(Buffer.from('{"a":1,"a":2}'))?.fields).toHaveLength(2)
  })

  it.each(['', '[]', '"a"', '{', '{"a"', '{"a":1', '{"a" 1}', '{a:1}'])('are undefined for %j', (text) => {
    expect(objectSpans(Buffer.from(text))).toBeUndefined()
  })
})
