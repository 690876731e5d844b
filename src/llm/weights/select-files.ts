// Which files of a repository, folder or package make one model. Looks at paths alone.

import { posix } from 'node:path'
import { weightsError } from './messages.js'
import { isReservedPath } from './safe-path.js'

export interface SelectedFile {
  /** Path in the source. */
  readonly from: string
  /** Path in the model's own folder. */
  readonly path: string
}

const isGguf = (path: string) => /\.gguf$/i.test(path)
const isSafetensors = (path: string) => /\.safetensors$/i.test(path)
const isWeights = (path: string) => isGguf(path) || isSafetensors(path)
const isLicence = (path: string) => /(^|\/)(licen[cs]e|notice|use_policy)[^/]*$/i.test(path)
/** What an engine reads beside safetensors: configuration, tokenizer, chat template. */
const isCompanion = (path: string) => /\.(json|txt|model|jinja|tiktoken)$/i.test(path)
/** What leads outside is not hidden: it is refused aloud. */
const isHidden = (path: string) => path.split('/').some((part) => part.startsWith('.') && part !== '..')

/**
 * @param pattern a path or a glob (`*`, `**`, `?`) for one file of several
 * @throws `weights.no-weights` | `weights.choose-file` | `weights.file-not-in-source`
 */
export const selectFiles = (
  source: string,
  paths: readonly string[],
  pattern: string | null = null,
): readonly SelectedFile[] => {
  const weights = paths.filter((path) => isWeights(path) && !isHidden(path))
  const chosen = pattern === null ? chooseModel(source, weights) : matching(source, weights, pattern)
  const folder = posix.dirname(chosen[0] ?? '')
  const beside = paths.filter(
    (path) => isLicence(path) || (chosen.some(isSafetensors) && belongsTo(path, folder) && isCompanion(path)),
  )
  const place = (path: string) =>
    belongsTo(path, folder) && folder !== '.' ? path.slice(folder.length + 1) : path
  const placed = new Map<string, string>()
  for (const path of chosen) placed.set(place(path), path)
  for (const path of beside) {
    const target = isLicence(path) && !belongsTo(path, folder) ? posix.basename(path) : place(path)
    if (!placed.has(target) && !isHidden(path) && !isReservedPath(target)) placed.set(target, path)
  }
  return [...placed].map(([path, from]) => ({ path, from }))
}

/** In the folder of the weights, or one below it. */
const belongsTo = (path: string, folder: string): boolean => {
  const inside = folder === '.' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
  return inside !== null && inside.split('/').length <= 2
}

const depth = (path: string) => path.split('/').length

/** Without a pattern: the safetensors nearest the root, else the one GGUF model there is. */
const chooseModel = (source: string, weights: readonly string[]): readonly string[] => {
  const safetensors = weights.filter(isSafetensors)
  const candidates = safetensors.length > 0 ? safetensors : weights
  if (candidates.length === 0) throw weightsError('weights.no-weights', { source })
  const top = Math.min(...candidates.map(depth))
  const nearest = candidates.filter((path) => depth(path) === top)
  const folders = new Set(nearest.map((path) => posix.dirname(path)))
  const models = new Set(nearest.map(modelOf))
  if (folders.size > 1 || (safetensors.length === 0 && models.size > 1))
    throw weightsError('weights.choose-file', { source, files: nearest.slice(0, 40) })
  return nearest
}

const matching = (source: string, weights: readonly string[], pattern: string): readonly string[] => {
  const expression = globExpression(pattern)
  const matched = weights.filter((path) => expression.test(path))
  if (matched.length === 0)
    throw weightsError('weights.file-not-in-source', { source, pattern, files: weights.slice(0, 40) })
  const models = new Set(matched.map(modelOf))
  if (matched.every(isGguf) && models.size > 1)
    throw weightsError('weights.choose-file', { source, files: matched.slice(0, 40) })
  return weights.filter((path) => models.has(modelOf(path)))
}

/** A model in several files has one name: `x-00001-of-00003.gguf`. */
const modelOf = (path: string) => path.replace(/-\d{5}-of-\d{5}(?=\.(gguf|safetensors)$)/i, '')

const globExpression = (pattern: string): RegExp => {
  const source = pattern.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token.startsWith('**')) return '.*'
    if (token === '*') return '[^/]*'
    return token === '?' ? '[^/]' : `\\${token}`
  })
  return new RegExp(`^${source}$`)
}
