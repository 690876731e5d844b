import { describe, expect, it } from 'vitest'
import { gbnfMatcher } from './__fixtures__/gbnf-matcher.js'
import { multiplesExpression } from './multiples.js'

/** Whether the grammar of a schema admits a text, its rules followed one by one. */
const admits = (schema: { multipleOf: number } & Record<string, unknown>, isInteger = true) => {
  const rules = new Map<string, string>()
  let names = 0
  const root = multiplesExpression(
    { step: schema.multipleOf, fields: schema, isInteger },
    { name: () => `r${names++}`, define: (name, body) => rules.set(name, body) },
  )
  if (rules.size === 0) {
    const matcher = gbnfMatcher(root)
    return (text: string) => matcher.test(text)
  }
  const follow = (body: string, text: string): boolean =>
    [...body.matchAll(/\[(\d+)\] (r\d+)/g)].some(
      ([, digits = '', name = '']) =>
        digits.includes(text[0] ?? 'x') && ends(rules.get(name) ?? '', text.slice(1)),
    )
  const ends = (body: string, text: string): boolean =>
    text === '' ? body.includes('""') : follow(body, text)
  return (text: string) =>
    text === '0'
      ? root.startsWith('("0"')
      : follow(root, root.includes('"-"?') ? text.replace(/^-/, '') : text)
}

describe('the multiples of a number', () => {
  it.each([2, 5, 7, 10, 12, 64])('%d are all admitted, and no others', (step) => {
    const isAdmitted = admits({ multipleOf: step })
    for (let value = -700; value <= 700; value++)
      expect([value, isAdmitted(String(value))]).toEqual([value, value % step === 0])
    expect(isAdmitted(`${step}000000000000000`)).toBe(false)
  })

  it('may begin at zero or one', () => {
    for (const [bound, expected] of [
      [{ minimum: 0 }, [true, true, false]],
      [{ exclusiveMinimum: 0 }, [false, true, false]],
      [{ minimum: 1 }, [false, true, false]],
    ] as const)
      expect(['0', '5', '-5'].map(admits({ multipleOf: 5, ...bound }))).toEqual(expected)
  })

  it('between two bounds are listed', () => {
    const isAdmitted = admits({ multipleOf: 0.05, minimum: 0.1, exclusiveMaximum: 0.3 }, false)
    expect(['0.05', '0.1', '0.15', '0.25', '0.3', '0.12'].map(isAdmitted)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('of a power of ten have so many decimals', () => {
    const isAdmitted = admits({ multipleOf: 0.01, minimum: 0 }, false)
    expect(['0', '19.99', '19.9', '-1', '19.999'].map(isAdmitted)).toEqual([true, true, true, false, false])
  })

  it.each([
    { multipleOf: 1000 },
    { multipleOf: 7, minimum: 500 },
    { multipleOf: 1.5 },
    { multipleOf: 10, minimum: 1, maximum: 9 },
  ])('are refused where no grammar says them: %j', (schema) => {
    expect(() => admits(schema)).toThrow(
      expect.objectContaining({
        code: 'llm.schema-not-supported',
        params: { what: expect.stringContaining(`multipleOf ${schema.multipleOf}`) },
      }),
    )
  })
})
