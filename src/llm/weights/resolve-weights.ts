// From a deployment's `model` to the files an engine loads.

import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pullableAs } from './known-models.js'
import type { Licence } from './licence.js'
import type { WeightFormat } from './manifest.js'
import { weightsError } from './messages.js'
import { listModels, modelDirectory, requireModel } from './model-folder.js'
import { readFacts } from './read-facts.js'
import { looksLikePath } from './reference.js'
import { selectFiles } from './select-files.js'
import type { WeightFacts } from './weight-facts.js'

export interface ResolvedWeights {
  /** Absolute: a GGUF file (the first of several), a folder of safetensors, or a wheel. */
  readonly path: string
  readonly format: WeightFormat
  readonly facts: WeightFacts
  /** Name in the models folder; null for a path. */
  readonly name: string | null
  readonly licence: Licence | null
}

export interface ResolveOptions {
  readonly modelsDirectory: string
  /** Where relative paths start: the folder of the architecture. */
  readonly directory: string
}

const prefix = 'models:'

/**
 * @param nameOrPath `./path.gguf`, a folder, `models:NAME`, or the name of a pulled model
 * @throws `weights.not-found` | `weights.path-missing` | `weights.header-unreadable` | `weights.choose-file`
 * @example
 * const { path, facts } = await resolveWeights('models:smollm2-135m', { modelsDirectory, directory })
 */
export const resolveWeights = async (
  nameOrPath: string,
  { modelsDirectory, directory }: ResolveOptions,
): Promise<ResolvedWeights> => {
  const isName = nameOrPath.startsWith(prefix)
  const path = resolve(directory, nameOrPath.replace(/^file:/, ''))
  if (!isName && (looksLikePath(nameOrPath) || nameOrPath.startsWith('file:'))) return atPath(path)
  const name = isName ? nameOrPath.slice(prefix.length) : nameOrPath
  return named(name, modelsDirectory).catch((error) => {
    if (!isName && /[/\\]/.test(name) && existsSync(path)) return atPath(path)
    throw error
  })
}

const named = async (name: string, modelsDirectory: string): Promise<ResolvedWeights> => {
  const manifest = await requireModel(modelsDirectory, name).catch(async (error) => {
    if (error.code !== 'weights.local-name-invalid' && error.code !== 'weights.not-found') throw error
    const available = (await listModels(modelsDirectory)).map((model) => model.name).join(', ')
    throw weightsError('weights.not-found', { name, available, pull: pullableAs(name.toLowerCase()) })
  })
  const { format, facts, licence } = manifest
  const paths = manifest.files.map((file) => file.path)
  const place = modelDirectory(modelsDirectory, manifest.name)
  return { path: entryOf(place, paths), format, facts, name: manifest.name, licence }
}

const entryOf = (directory: string, paths: readonly string[]): string => {
  const file = paths.filter((path) => /\.(gguf|whl)$/i.test(path)).sort()[0]
  const safetensors = paths.find((path) => /\.safetensors$/i.test(path))
  if (safetensors !== undefined) return join(directory, dirname(safetensors))
  return file === undefined ? directory : join(directory, file)
}

const atPath = async (path: string): Promise<ResolvedWeights> => {
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status) throw weightsError('weights.path-missing', { path })
  const directory = status.isDirectory() ? path : dirname(path)
  const paths = status.isDirectory()
    ? selectFiles(path, await filesOf(path)).map(({ from }) => from)
    : [basename(path)]
  const isSafetensors = paths.some((file) => /\.safetensors$/i.test(file))
  return {
    path: entryOf(directory, paths),
    format: isSafetensors ? 'safetensors' : 'gguf',
    facts: readFacts(directory, paths),
    name: null,
    licence: null,
  }
}

const filesOf = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ name }) => name)
