// Checks the fields of a JSON body by rules, and refuses the first wrong one by name, in words of both languages.
// Knows no endpoint.

import { gatewayError, type Words } from './messages.js'

export type Fields = Readonly<Record<string, unknown>>

export interface Rule {
  readonly expected: Words
  readonly accepts: (value: unknown) => boolean
}

export interface FieldRules {
  readonly required?: Readonly<Record<string, Rule>>
  /** null stands for absent. */
  readonly optional?: Readonly<Record<string, Rule>>
  /** Refuse fields that no rule names; default: they pass. */
  readonly isClosed?: boolean
}

export const rule = (en: string, zh: string, accepts: Rule['accepts']): Rule => ({
  expected: { en, 'zh-TW': zh },
  accepts,
})

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isText = (value: unknown): value is string => typeof value === 'string'
export const isListOf =
  (accepts: Rule['accepts']) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(accepts)

export const object = rule('an object', '物件', isObject)
export const flag = rule('true or false', 'true 或 false', (value) => typeof value === 'boolean')
export const wholeNumber = (low: number, high: number) =>
  rule(
    high === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${low}`
      : `a whole number from ${low} to ${high}`,
    high === Number.MAX_SAFE_INTEGER ? `不小於 ${low} 的整數` : `${low} 到 ${high} 的整數`,
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high,
  )
export const number = (low: number, high: number) =>
  rule(
    high === Number.MAX_VALUE ? `a number of at least ${low}` : `a number from ${low} to ${high}`,
    high === Number.MAX_VALUE ? `不小於 ${low} 的數字` : `${low} 到 ${high} 的數字`,
    (value) => typeof value === 'number' && value >= low && value <= high,
  )
/** For a field that exists elsewhere and that we cannot honour. */
export const absent = rule(
  'left out, since it is not supported here',
  '省略，因為此處不支援',
  (value) => value === undefined || value === false,
)

/**
 * @returns the body, when every rule accepts it
 * @throws gateway.field-missing, gateway.field-invalid
 */
export const checkFields = (
  body: unknown,
  { required = {}, optional = {}, isClosed }: FieldRules,
): Fields => {
  if (!isObject(body)) throw invalid('body', object, body)
  for (const [field, expected] of Object.entries(required)) {
    if (body[field] === undefined)
      throw gatewayError('gateway.field-missing', { field, expected: expected.expected })
    check(field, expected, body[field])
  }
  for (const field of Object.keys(body)) {
    if (Object.hasOwn(required, field)) continue
    const known = Object.hasOwn(optional, field) ? optional[field] : undefined
    if (known && body[field] !== null) check(field, known, body[field])
    if (!known && isClosed)
      throw invalid(field, unknownField([...Object.keys(required), ...Object.keys(optional)]), body[field])
  }
  return body
}

const unknownField = (known: readonly string[]) =>
  rule(`one of the fields ${known.join(', ')}`, `下列欄位之一：${known.join('、')}`, () => false)

const check = (field: string, expected: Rule, value: unknown) => {
  if (!expected.accepts(value)) throw invalid(field, expected, value)
}

const invalid = (field: string, { expected }: Rule, value: unknown) =>
  gatewayError('gateway.field-invalid', { field, expected, actual: describe(value) })

/** A value as an error may show it: short, and of a structure only its kind. */
const describe = (value: unknown): Words => {
  if (Array.isArray(value))
    return value.length === 0
      ? { en: 'an empty list', 'zh-TW': '空的清單' }
      : { en: 'this list', 'zh-TW': '這個清單' }
  if (isObject(value)) return { en: 'an object', 'zh-TW': '物件' }
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
  return { en: text, 'zh-TW': text }
}
