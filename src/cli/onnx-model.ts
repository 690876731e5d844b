// A deployment of the engine `transformers` as a model on this disk: the library's folder, the weights, and how the
// model wants its texts.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type OnnxModel, ragError } from '../rag/index.js'
import type { Deployment } from '../spec/index.js'
import { cliError } from './messages.js'

const optionsSchema = z.strictObject({
  /** Folder that holds the model's folder, relative to architecture.yaml. Default: the models of the project. */
  models: z.string().optional(),
  /** `fp32` reads onnx/model.onnx, `q8` onnx/model_quantized.onnx. */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4']).default('fp32'),
  pooling: z.enum(['mean', 'cls']).default('mean'),
  /** `query: ` and `passage: ` for the models of the E5 family. */
  queryPrefix: z.string().default(''),
  documentPrefix: z.string().default(''),
})

export const transformersPackage = { name: '@huggingface/transformers', version: '4.3.1' } as const

/** Where `installTransformers` puts the library. */
export const transformersFolder = (stateDirectory: string): string =>
  join(stateDirectory, 'engines', 'transformers')

/** @throws `cli.engine-options-invalid` */
export const onnxModelOf = (
  { id, model, options }: Pick<Deployment, 'id' | 'model' | 'options'>,
  places: { readonly stateDirectory: string; readonly directory: string },
): OnnxModel => {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success)
    throw cliError('cli.engine-options-invalid', { deployment: id, detail: z.prettifyError(parsed.error) })
  const { models, dtype, pooling, queryPrefix, documentPrefix } = parsed.data
  return {
    library: transformersFolder(places.stateDirectory),
    models: models === undefined ? join(places.stateDirectory, 'models') : resolve(places.directory, models),
    model,
    dtype,
    pooling,
    prefixes: { query: queryPrefix, document: documentPrefix },
  }
}

/**
 * The model of a deployment, when library and weights are on this disk: what is missing is told at the start, not to
 * the first client.
 * @throws `cli.engine-options-invalid` | `cli.transformers-missing` | `rag.onnx-unusable`
 */
export const requireOnnxModel = (...args: Parameters<typeof onnxModelOf>): OnnxModel => {
  const onnx = onnxModelOf(...args)
  const { library, models, model } = onnx
  if (!existsSync(join(library, 'node_modules', ...transformersPackage.name.split('/'), 'package.json')))
    throw cliError('cli.transformers-missing', { folder: library })
  if (!existsSync(join(models, model, 'config.json')))
    throw ragError('rag.onnx-unusable', { model, folder: models, detail: 'there is no config.json' })
  return onnx
}
