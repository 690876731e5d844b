// A GBNF grammar for a JSON schema. What a grammar does not say (formats, conditions, what is unique) it leaves open:
// the answer is validated against the schema afterwards. Properties are written in the schema's order.

import { llmError } from '../messages.js'
import { type Fields, listOf, numberOf, objectOf, stringOf } from '../wire/fields.js'
import { literal, repetition } from './gbnf.js'
import { integerBounds, integersBetween } from './integer-range.js'
import { multiplesExpression, type RuleBook } from './multiples.js'
import { areBoundsPlain, numberBounds, numbersBetween } from './number-range.js'
import { patternExpression } from './string-pattern.js'

/** Rules that every grammar may use. White space is bounded, so that no model gets lost in it. */
const jsonRules = `ws ::= [ ]? | "\\n" [ \\t]{0,20}
string ::= "\\"" char* "\\""
char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?
boolean ::= "true" | "false"
null ::= "null"
value ::= object | array | string | number | boolean | null
object ::= "{" ws (string ws ":" ws value (ws "," ws string ws ":" ws value)*)? ws "}"
array ::= "[" ws (value (ws "," ws value)*)? ws "]"`

export interface GrammarBuilder {
  /** Adds the rules of a schema. @returns the expression that admits its values */
  schema(schema: unknown): string
  /** @param root the expression that the whole text must match */
  build(root: string): string
}

/** @throws `llm.schema-not-supported` naming what no grammar can be made of */
export const createGrammarBuilder = (): GrammarBuilder => {
  const rules = new Map<string, string>()
  const build = (root: string) =>
    [`root ::= ${root}`, ...[...rules].map(([name, body]) => `${name} ::= ${body}`), jsonRules].join('\n')
  let schemas = 0
  return {
    schema: (schema) => createSchemaWriter(schema, { rules, prefix: `s${schemas++}` }).visit(schema),
    build,
  }
}

/** The grammar of texts that are a value of the schema. */
export const jsonSchemaGrammar = (schema: unknown): string => {
  const builder = createGrammarBuilder()
  return builder.build(builder.schema(schema))
}

interface WriterOptions {
  readonly rules: Map<string, string>
  readonly prefix: string
}

const createSchemaWriter = (root: unknown, { rules, prefix }: WriterOptions) => {
  const references = new Map<string, string>()
  let count = 0
  const book: RuleBook = {
    name: () => `${prefix}-${count++}`,
    define: (name, body) => rules.set(name, body),
  }
  const rule = (body: string): string => {
    const name = book.name()
    book.define(name, body)
    return name
  }

  const reference = (pointer: string): string => {
    const known = references.get(pointer)
    if (known) return known
    const name = book.name()
    references.set(pointer, name)
    book.define(name, visit(resolvePointer(root, pointer)))
    return name
  }

  const visit = (schema: unknown): string => {
    if (schema === true || schema === undefined) return 'value'
    const fields = objectOf(schema)
    if (!fields) throw notSupported(JSON.stringify(schema))
    if (typeof fields.$ref === 'string') return reference(fields.$ref)
    if ('const' in fields) return literal(JSON.stringify(fields.const))
    if (Array.isArray(fields.enum)) return oneOf(fields.enum.map((value) => literal(JSON.stringify(value))))
    const either = fields.anyOf ?? fields.oneOf
    if (Array.isArray(either)) return oneOf(either.map(visit))
    if (Array.isArray(fields.allOf)) return visit(merged(fields))
    if ('not' in fields && Object.keys(fields).length === 1) throw notSupported('not')
    if (Array.isArray(fields.type)) return oneOf(fields.type.map((type) => visitType(fields, type)))
    return visitType(fields, fields.type ?? impliedType(fields))
  }

  const oneOf = (alternatives: readonly string[]): string => {
    if (alternatives.length === 0) throw notSupported('an empty list of alternatives')
    return alternatives.length === 1 ? (alternatives[0] as string) : rule(alternatives.join(' | '))
  }

  const visitType = (fields: Fields, type: unknown): string => {
    switch (type) {
      case 'object':
        return objectRule(fields)
      case 'array':
        return arrayRule(fields)
      case 'string':
        return stringRule(fields)
      case 'integer':
        return integerRule(fields)
      case 'number':
        return numberRule(fields)
      case 'boolean':
      case 'null':
        return type
      case undefined:
        return 'value'
      default:
        throw notSupported(`type ${JSON.stringify(type)}`)
    }
  }

  const stringRule = (fields: Fields): string => {
    const length = { min: numberOf(fields.minLength) ?? 0, max: numberOf(fields.maxLength) }
    if (typeof fields.pattern === 'string')
      return rule(`"\\"" ${patternExpression(fields.pattern, length)} "\\""`)
    const range = repetition(length.min, length.max)
    return range === '*' ? 'string' : rule(`"\\"" char${range} "\\""`)
  }

  const integerRule = (fields: Fields): string => {
    const step = numberOf(fields.multipleOf)
    // Every integer is a multiple of 1, 0.5 or 0.01.
    if (step !== undefined && !Number.isInteger(1 / step))
      return rule(multiplesExpression({ step, fields, isInteger: true }, book))
    const bounds = integerBounds(fields)
    if (!bounds) return 'integer'
    if (bounds.low > bounds.high) throw notSupported('bounds between which no integer lies')
    return rule(integersBetween(bounds))
  }

  const numberRule = (fields: Fields): string => {
    const step = numberOf(fields.multipleOf)
    if (step === 1) return integerRule(fields)
    if (step !== undefined) return rule(multiplesExpression({ step, fields, isInteger: false }, book))
    const bounds = numberBounds(fields)
    if (!bounds || !areBoundsPlain(bounds)) return 'number'
    const expression = numbersBetween(bounds)
    if (expression === undefined) throw notSupported('bounds between which no number lies')
    return rule(expression)
  }

  const objectRule = (fields: Fields): string => {
    const required = new Set(listOf(fields.required))
    const known = objectOf(fields.properties) ?? {}
    const unknown = [...required].filter((name) => typeof name === 'string' && !Object.hasOwn(known, name))
    const properties = [
      ...Object.entries(known),
      ...unknown.map((name) => [name as string, fields.additionalProperties] as const),
    ]
    if (properties.length === 0) return mapRule(fields.additionalProperties)
    // From the last property to the first: `more` follows a member, `first` may still be the first one.
    let more = '""'
    let first = '""'
    for (const [name, schema] of properties.toReversed()) {
      const member = rule(`${literal(JSON.stringify(name))} ws ":" ws ${visit(schema)}`)
      const isRequired = required.has(name)
      first = rule(isRequired ? `${member} ${more}` : `${member} ${more} | ${first}`)
      more = rule(isRequired ? `ws "," ws ${member} ${more}` : `(ws "," ws ${member})? ${more}`)
    }
    return rule(`"{" ws ${first} ws "}"`)
  }

  const mapRule = (additional: unknown): string => {
    if (additional === false) return rule('"{" ws "}"')
    if (additional === undefined || additional === true) return 'object'
    const member = rule(`string ws ":" ws ${visit(additional)}`)
    return rule(`"{" ws (${member} (ws "," ws ${member})*)? ws "}"`)
  }

  const arrayRule = (fields: Fields): string => {
    const leading = listOf(fields.prefixItems).map(visit)
    const min = numberOf(fields.minItems) ?? 0
    const max = numberOf(fields.maxItems)
    if (leading.length > 0) {
      const tail =
        fields.items === false || (fields.items === undefined && min <= leading.length)
          ? ''
          : `(ws "," ws ${visit(fields.items)})${repetition(Math.max(0, min - leading.length), max === undefined ? undefined : max - leading.length)}`
      return rule(`"[" ws ${leading.join(' ws "," ws ')} ${tail} ws "]"`)
    }
    if (max === 0) return rule('"[" ws "]"')
    const item = visit(fields.items)
    const items = `${item} (ws "," ws ${item})${repetition(Math.max(0, min - 1), max === undefined ? undefined : max - 1)}`
    return rule(`"[" ws ${min > 0 ? items : `(${items})?`} ws "]"`)
  }

  return { visit }
}

const impliedType = (fields: Fields): string | undefined => {
  if ('properties' in fields || 'required' in fields) return 'object'
  if ('items' in fields || 'prefixItems' in fields) return 'array'
  return undefined
}

/** All parts of an `allOf` as one schema; the later one wins where they disagree. */
const merged = ({ allOf, ...rest }: Fields): Fields => {
  const parts = [rest, ...listOf(allOf).map(objectOf)]
  const properties: Record<string, unknown> = {}
  const required: unknown[] = []
  for (const part of parts) {
    if (!part || '$ref' in part || 'anyOf' in part || 'oneOf' in part)
      throw notSupported('allOf with alternatives or references')
    Object.assign(properties, objectOf(part.properties))
    required.push(...listOf(part.required))
  }
  return Object.assign({}, ...parts, { properties, required })
}

const resolvePointer = (root: unknown, pointer: string): unknown => {
  if (!pointer.startsWith('#')) throw notSupported(`$ref ${pointer}`)
  const steps = pointer.slice(1).split('/').slice(1)
  const found = steps.reduce<unknown>((at, step) => {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    return objectOf(at)?.[key]
  }, root)
  if (found === undefined) throw notSupported(`$ref ${stringOf(pointer)}`)
  return found
}

const notSupported = (what: string) => llmError('llm.schema-not-supported', { what })
