// Which file a deployment of the engine `local` loads. Judges names and places only: what a file is, the engine says.

import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type ResolveOptions, resolveWeights } from '../llm/index.js'

/**
 * A file is taken as it is named, so that the engine can say what is wrong with it; of a folder the one GGUF model in
 * it; anything else was pulled.
 * @throws the errors of `resolveWeights`
 */
export const localWeightsPath = async (model: string, options: ResolveOptions): Promise<string> => {
  const path = resolve(options.directory, model.replace(/^file:/, ''))
  if (!model.startsWith('models:') && /\.(gguf|safetensors)$/i.test(model) && !isFolder(path)) return path
  const weights = await resolveWeights(model, options).catch((error) => {
    // A pulled model comes before a folder of the same name.
    if (error.code !== 'weights.not-found' || !isFolder(path)) throw error
    return resolveWeights(path, options)
  })
  return isFolder(weights.path) ? ((await onlyGguf(weights.path)) ?? weights.path) : weights.path
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Beside safetensors of the same model, which another engine reads. */
const onlyGguf = async (folder: string): Promise<string | undefined> => {
  const files = (await readdir(folder)).filter((name) => /\.gguf$/i.test(name))
  const [first] = files.toSorted()
  const models = new Set(files.map((name) => name.replace(/-\d{5}-of-\d{5}(?=\.gguf$)/i, '')))
  return first !== undefined && models.size === 1 ? join(folder, first) : undefined
}
