// What was written, as a message may quote it: short, and without what may be a secret. Knows no schema.

import type { DocumentPath } from './problem.js'

const hidden = '***'
const longest = 60
const secretName = /(^|[a-z_-])(key|secret|password|passwd|credential|authorization)s?$|^token$|^env$/i
/** Keys as providers and code hosts make them, and anything else as long and as mixed. */
const looksLikeKey =
  /\b(sk|pk|rk|la|ghp|gho|github_pat|glpat|hf|xox[abprs]|AKIA|AIza)[-_A-Za-z0-9]{8,}|\b(?=[A-Za-z_-]*\d)(?=\w*[A-Za-z])[\w-]{32,}/
const credentials = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi

/** @param path where it stands: the value of a field named like a secret is never quoted */
export const showValue = (value: unknown, path: DocumentPath): string => {
  if (Array.isArray(value)) return 'a list'
  if (value && typeof value === 'object') return 'a mapping'
  if (typeof value === 'number' && isSecretPlace(path)) return `"${hidden}"`
  if (typeof value !== 'string') return String(value)
  if (isSecretPlace(path) || looksLikeKey.test(value)) return `"${hidden}"`
  const text = JSON.stringify(value.replace(credentials, `$1${hidden}@`))
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text
}

const isSecretPlace = (path: DocumentPath): boolean =>
  path.join('.') === 'store.url' || path.some((part) => typeof part === 'string' && secretName.test(part))
