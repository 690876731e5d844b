// A requirements file with one value changed, as `--set PATH=VALUE` says it. The path is checked against the schema; the
// value is read as the file's would be, and the whole file is judged by `parseRequirements` as ever.

import { isSeq, parse, parseDocument } from 'yaml'
import { suggest } from '../core/index.js'
import { specError } from './messages.js'
import { requirementsSchema } from './requirements.js'
import { keysAt } from './schema-keys.js'

/** How people call things that the schema calls otherwise. */
const aliases: Readonly<Record<string, string>> = {
  'scale.requestsPerSecond.peak': 'scale.peakRequestsPerSecond',
  'scale.requestsPerSecond': 'scale.peakRequestsPerSecond',
}

/**
 * @param path with dots; an item of a list by its number, or by its id: `performance.targets.ttft-p95.value`
 * @param value as YAML: `80`, `true`, `[EU]`
 * @returns the changed text
 * @throws `spec.unknown-path` with the nearest name, `spec.value-not-yaml`
 */
export const setRequirement = (text: string, path: string, value: string): string => {
  const document = parseDocument(text)
  const keys: (string | number)[] = []
  for (const part of (aliases[path] ?? path).replace(/\[(\d+)\]/g, '.$1').split('.')) {
    const here = document.getIn(keys, true)
    keys.push(isSeq(here) ? itemNamed(here.toJSON(), part, { parent: keys, path }) : known(part, keys, path))
  }
  document.setIn(keys, readValue(path, value))
  return document.toString()
}

const readValue = (path: string, value: string): unknown => {
  try {
    return parse(value, { prettyErrors: false })
  } catch (error) {
    throw specError(
      'spec.value-not-yaml',
      { path, value, detail: (error as Error).message },
      { cause: error },
    )
  }
}

const known = (part: string, parent: readonly (string | number)[], path: string): string => {
  const keys = keysAt(requirementsSchema, parent)
  if (keys.includes(part)) return part
  const suggestion = suggest(part, keys)
  throw specError('spec.unknown-path', {
    path,
    part,
    known: keys,
    ...(suggestion === undefined ? {} : { suggestion: [...parent, suggestion].join('.') }),
  })
}

/** The place of a list's item by its number or its id. */
const itemNamed = (
  items: readonly unknown[],
  part: string,
  { parent, path }: { readonly parent: readonly (string | number)[]; readonly path: string },
): number => {
  const ids = items.map((item) => String((item as { id?: unknown } | null)?.id ?? ''))
  const index = /^\d+$/.test(part) ? Number(part) : ids.indexOf(part)
  if (index >= 0 && index < items.length) return index
  const names = ids.filter((id) => id !== '')
  const suggestion = suggest(part, names)
  throw specError('spec.unknown-path', {
    path,
    part,
    known: names.length > 0 ? names : items.map((_, i) => String(i)),
    ...(suggestion === undefined ? {} : { suggestion: [...parent, suggestion].join('.') }),
  })
}
