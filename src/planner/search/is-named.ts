// Whether a list of names means a model, which has several.

import { normaliseName } from '../../catalog/index.js'

const tail = (name: string) => normaliseName(name).replace(/^.*\//, '')

/** Whether one of `allowed` is one of the model's names, with or without the publisher. */
export const isNamed = (named: readonly string[], allowed: readonly string[]): boolean => {
  const names = new Set(named.flatMap((name) => [normaliseName(name), tail(name)]))
  return allowed.some((name) => names.has(normaliseName(name)) || names.has(tail(name)))
}
