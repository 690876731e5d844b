// What a schema allows at a path: the known keys, for "did you mean". Reads zod's public definitions.

import type { z } from 'zod'
import type { DocumentPath } from './problem.js'

interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly innerType?: z.ZodType
  readonly element?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly getter?: () => z.ZodType
}
const definitionOf = (schema: z.ZodType) => (schema as unknown as { def: Definition }).def

/** The object schemas that may stand at `path`. */
const objectsAt = (schema: z.ZodType, path: DocumentPath): Readonly<Record<string, z.ZodType>>[] => {
  const { type, shape, innerType, element, options, getter } = definitionOf(schema)
  if (type === 'lazy' && getter) return objectsAt(getter(), path)
  if (innerType) return objectsAt(innerType, path)
  if (options) return options.flatMap((option) => objectsAt(option, path))
  const [head, ...rest] = path
  if (type === 'array' && element) return typeof head === 'number' ? objectsAt(element, rest) : []
  if (!shape) return []
  if (head === undefined) return [shape]
  const next = shape[String(head)]
  return next ? objectsAt(next, rest) : []
}

/** The keys that may stand in the object at `path`, each once. */
export const keysAt = (schema: z.ZodType, path: DocumentPath): string[] => [
  ...new Set(objectsAt(schema, path).flatMap((shape) => Object.keys(shape))),
]
