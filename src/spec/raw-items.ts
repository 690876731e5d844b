// What a document holds at a path, before any schema has seen it.

import type { DocumentPath } from './problem.js'
import type { YamlDocument } from './yaml-document.js'

export const valueAt = (data: unknown, path: DocumentPath): unknown =>
  path.reduce<unknown>(
    (node, part) => (node as Record<PropertyKey, unknown> | undefined | null)?.[part],
    data,
  )

/** The mappings in these lists, each with its path; what is no list or no mapping is for the schema to refuse. */
export const itemsOf = (document: YamlDocument, lists: readonly DocumentPath[]) =>
  lists.flatMap((list) => {
    const items = valueAt(document.data, list)
    if (!Array.isArray(items)) return []
    return items.flatMap((item, index) =>
      item && typeof item === 'object' ? [{ item: item as object, path: [...list, index] }] : [],
    )
  })
