// Facts of a model's files, from their headers and the configuration beside them.

import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { withFileSource } from './byte-source.js'
import { weightsError } from './messages.js'
import { readGguf } from './read-gguf.js'
import { readSafetensors } from './read-safetensors.js'
import { heaviest, type WeightFacts } from './weight-facts.js'

/**
 * @param paths the weights files of one model, relative to `directory`, in order
 * @throws `weights.header-unreadable`
 */
export const readFacts = (directory: string, paths: readonly string[]): WeightFacts => {
  const safetensors = paths.filter((path) => /\.safetensors$/i.test(path))
  return safetensors.length > 0
    ? factsOfSafetensors(directory, safetensors)
    : factsOfGguf(
        directory,
        paths.filter((path) => /\.gguf$/i.test(path)),
      )
}

/** Of a model in several files the first says what it is; the weights are in all of them. */
const factsOfGguf = (directory: string, paths: readonly string[]): WeightFacts => {
  const headers = [...paths]
    .sort()
    .map((path) => withFileSource(join(directory, path), (source) => readGguf(source, path)))
  const [first] = headers
  if (!first) throw weightsError('weights.no-weights', { source: directory })
  const { licence: _, ...facts } = first
  return { ...facts, parameters: headers.reduce((sum, { parameters }) => sum + (parameters ?? 0), 0) }
}

const config = z.object({
  architectures: z.array(z.string()).optional(),
  model_type: z.string().optional(),
  max_position_embeddings: z.int().positive().optional(),
  hidden_size: z.int().positive().optional(),
})

const factsOfSafetensors = (directory: string, paths: readonly string[]): WeightFacts => {
  const weightsByType = new Map<string, number>()
  let parameters = 0
  for (const path of paths) {
    const header = withFileSource(join(directory, path), (source) => readSafetensors(source, path))
    parameters += header.parameters
    for (const [type, weights] of header.weightsByType)
      weightsByType.set(type, (weightsByType.get(type) ?? 0) + weights)
  }
  const folder = join(directory, dirname(paths[0] ?? ''))
  const stated = config.safeParse(readJson(join(folder, 'config.json'))).data
  return {
    architecture: stated?.architectures?.[0] ?? stated?.model_type ?? null,
    parameters,
    contextLength: stated?.max_position_embeddings ?? null,
    embeddingLength: stated?.hidden_size ?? null,
    quantization: heaviest(weightsByType),
    hasChatTemplate:
      hasTemplate(readJson(join(folder, 'tokenizer_config.json'))) ||
      sizeOf(join(folder, 'chat_template.jinja')) > 0,
  }
}

const hasTemplate = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'chat_template' in value && Boolean(value.chat_template)

const maxJsonBytes = 16 * 1024 * 1024

/** Undefined when it is absent, too long or not JSON: it only adds to what the header says. */
const readJson = (path: string): unknown => {
  if (sizeOf(path) > maxJsonBytes) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
