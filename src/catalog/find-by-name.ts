// Names as people write them: case, spaces, dashes and the publisher in front do not matter.

import { suggest } from '../core/index.js'

/** `meta-llama/Llama 3.1-8B` and `META-LLAMA/llama-3.1_8b` are one name. */
export const normaliseName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9/]/g, '')

const withoutPublisher = (normalised: string) => normalised.slice(normalised.lastIndexOf('/') + 1)

interface Named {
  readonly name: string
  readonly aliases: readonly string[]
}

export type Lookup<T> =
  | { readonly found: T }
  | { readonly found?: undefined; readonly suggestion: string | undefined }

/**
 * Finds by name or alias, with or without the publisher; else the nearest name.
 * @returns a lookup that remembers its index, so that many names cost one pass
 */
export const createLookup = <T extends Named>(items: readonly T[]): ((written: string) => Lookup<T>) => {
  const index = new Map<string, T>()
  const add = (key: string, item: T) => {
    if (!index.has(key)) index.set(key, item)
  }
  for (const item of items) add(normaliseName(item.name), item)
  for (const item of items) for (const alias of item.aliases) add(normaliseName(alias), item)
  for (const item of items)
    for (const name of [item.name, ...item.aliases]) add(withoutPublisher(normaliseName(name)), item)
  return (written) => {
    const key = normaliseName(written)
    const found = index.get(key) ?? index.get(withoutPublisher(key))
    return found ? { found } : { suggestion: nearest(written, items) }
  }
}

const nearest = (written: string, items: readonly Named[]): string | undefined => {
  const names = items.flatMap(({ name, aliases }) => [name, ...aliases])
  const direct = suggest(written, names)
  if (direct !== undefined) return direct
  const tails = new Map(names.map((name) => [name.slice(name.lastIndexOf('/') + 1), name]))
  const tail = suggest(written.slice(written.lastIndexOf('/') + 1), tails.keys())
  return tail === undefined ? undefined : tails.get(tail)
}
