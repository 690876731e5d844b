// Gemini's own Schema (types in capitals, `nullable`, bounds as text) as JSON Schema, which every other dialect
// speaks. The schema it came from is kept by identity, so that it is written again as it came.

import { type Fields, objectOf } from './fields.js'
import { readNames } from './gemini-names.js'

const origins = new WeakMap<object, unknown>()

/** The JSON Schema of a Schema; a value that is no object stays as it is. */
export const readSchema = (schema: unknown): unknown => {
  const converted = convert(schema)
  if (converted !== null && typeof converted === 'object') origins.set(converted, schema)
  return converted
}

/** The Schema that this very JSON Schema was read from; undefined for one of any other origin. */
export const schemaOrigin = (jsonSchema: unknown): unknown =>
  jsonSchema !== null && typeof jsonSchema === 'object' ? origins.get(jsonSchema) : undefined

const names = new Set([
  'anyOf',
  'oneOf',
  'prefixItems',
  'additionalProperties',
  'propertyOrdering',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

const bounds: ReadonlySet<string> = new Set([...names].filter((name) => /^m(in|ax)/.test(name)))

const convert = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(convert)
  const given = objectOf(value)
  if (!given) return value
  const schema = readNames(given, names, '')
  const converted: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(schema)) {
    if (name === 'type') Object.assign(converted, typeOf(inner))
    else if (name === 'properties' || name === '$defs')
      converted[name] = mapValues(inner, schema.propertyOrdering)
    else if (nested.has(name)) converted[name] = convert(inner)
    else if (name === 'example') converted.examples = [inner]
    else if (bounds.has(name)) converted[name] = typeof inner === 'string' ? Number(inner) : inner
    else if (!left.has(name) && !(name === 'format' && inner === 'enum')) converted[name] = inner
  }
  return schema.nullable === true ? nullable(converted) : converted
}

const nested = new Set(['items', 'prefixItems', 'anyOf', 'oneOf', 'additionalProperties'])
/** Said in another way: by a null among the types, and by the order of the properties. */
const left = new Set(['nullable', 'propertyOrdering'])

const typeOf = (type: unknown): Fields => {
  if (typeof type !== 'string')
    return { type: Array.isArray(type) ? type.map((one) => String(one).toLowerCase()) : type }
  return type === 'TYPE_UNSPECIFIED' ? {} : { type: type.toLowerCase() }
}

const mapValues = (value: unknown, ordering: unknown): unknown => {
  const properties = objectOf(value)
  if (!properties) return value
  const first = Array.isArray(ordering)
    ? ordering.filter((name) => Object.hasOwn(properties, String(name)))
    : []
  const order = new Set([...first.map(String), ...Object.keys(properties)])
  return Object.fromEntries([...order].map((name) => [name, convert(properties[name])]))
}

const nullable = (schema: Fields): Fields => ({
  ...schema,
  ...(typeof schema.type === 'string' && { type: [schema.type, 'null'] }),
  ...(Array.isArray(schema.anyOf) && { anyOf: [...schema.anyOf, { type: 'null' }] }),
  ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] }),
})
