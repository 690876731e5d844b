// Checks the fields of a JSON body by rules, and refuses what is wrong by name, in words of both languages.
// Knows no endpoint.

import { type FieldProblem, gatewayError, type Words } from './messages.js'

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

/** The name every request of an answer starts with. */
export const modelName = rule(
  'the name of a model, as /v1/models lists them',
  '/v1/models 所列的模型名稱',
  (value) => isText(value) && value !== '',
)
export const nonEmptyList = (en: string, zh: string) =>
  rule(
    `a list of at least one ${en}`,
    `至少一則${zh}的清單`,
    (value) => isListOf(isObject)(value) && (value as readonly unknown[]).length > 0,
  )
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
 * @throws gateway.field-missing, gateway.field-invalid: the first problem
 */
export const checkFields = (body: unknown, rules: FieldRules): Fields => {
  const [problem] = problemsOf(body, rules)
  if (problem) throw errorOf(problem)
  return body as Fields
}

/**
 * @returns the body, when every rule accepts it
 * @throws gateway.field-missing, gateway.field-invalid, or gateway.fields-invalid with all problems
 */
export const checkAllFields = (body: unknown, rules: FieldRules): Fields => {
  const problems = [...problemsOf(body, rules)]
  const [problem] = problems
  if (!problem) return body as Fields
  if (problems.length === 1) throw errorOf(problem)
  throw gatewayError('gateway.fields-invalid', { field: problem.field, problems })
}

function* problemsOf(
  body: unknown,
  { required = {}, optional = {}, isClosed }: FieldRules,
): Generator<FieldProblem> {
  if (!isObject(body)) return yield wrong('body', object, body)
  for (const [field, { expected }] of Object.entries(required))
    if (body[field] === undefined) yield { field, expected, actual: null }
  for (const [field, value] of Object.entries(body)) {
    const must = ownRule(required, field)
    const known = must ?? ownRule(optional, field)
    if (!known && isClosed) yield wrong(field, unknownField(Object.keys({ ...optional, ...required })), value)
    if (!known || value === undefined || (value === null && !must)) continue
    if (!known.accepts(value)) yield wrong(field, known, value)
  }
}

/** Not what every object inherits: a client's field may be called `constructor`. */
const ownRule = (rules: Readonly<Record<string, Rule>>, field: string): Rule | undefined =>
  Object.hasOwn(rules, field) ? rules[field] : undefined

const unknownField = (known: readonly string[]) =>
  rule(`one of the fields ${known.join(', ')}`, `下列欄位之一：${known.join('、')}`, () => false)

const wrong = (field: string, { expected }: Rule, value: unknown): FieldProblem => ({
  field,
  expected,
  actual: describe(value),
})

const errorOf = ({ field, expected, actual }: FieldProblem) =>
  actual === null
    ? gatewayError('gateway.field-missing', { field, expected })
    : gatewayError('gateway.field-invalid', { field, expected, actual })

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
