// Paths that come from somebody else: relative, inside, of ordinary characters.

import { weightsError } from './messages.js'

const reservedNames = /^(manifest\.json|lock\.json)$|\.partial(\.json)?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafeCharacters = /[\u0000-\u001f\\:*?"<>|]/

export const isSafePath = (path: string): boolean =>
  path.length > 0 &&
  path.length <= 512 &&
  !unsafeCharacters.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

/** Whether the models folder uses this name for its own files. */
export const isReservedPath = (path: string): boolean => reservedNames.test(path)

/** @throws `weights.unsafe-path` */
export const requireSafePath = (path: string, source: string): string => {
  if (!isSafePath(path)) throw weightsError('weights.unsafe-path', { source, path })
  return path
}

const localName = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** The name of a model in the models folder: small letters, so that it means the same on every file system. */
export const requireLocalName = (name: string): string => {
  const small = name.toLowerCase()
  if (!localName.test(small) || small.endsWith('.'))
    throw weightsError('weights.local-name-invalid', { name })
  return small
}

/** A local name made from any text. */
export const localNameFrom = (text: string): string =>
  requireLocalName(
    text
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+|[.-]+$/g, '')
      .slice(0, 100),
  )
