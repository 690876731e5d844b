// A deployment of the engine `transformers` as a model on this disk: the library's folder, the weights, and how the
// model wants its texts.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type OnnxModel, type OnnxRanker, ragError } from '../rag/index.js'
import type { Deployment } from '../spec/index.js'
import { cliError } from './messages.js'
import type { Environment } from './optional-engines/install-site.js'
import { enginesHomeIn } from './optional-engines/installed-engine.js'
import { transformersPackage } from './optional-engines/transformers-steps.js'

const folderOptions = {
  /** Folder that holds the model's folder, relative to architecture.yaml. Default: the models of the project. */
  models: z.string().optional(),
  /** `fp32` reads onnx/model.onnx, `q8` onnx/model_quantized.onnx. */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4']).default('fp32'),
}

const rerankOptions = z.strictObject(folderOptions)

const embeddingOptions = z.strictObject({
  ...folderOptions,
  pooling: z.enum(['mean', 'cls']).default('mean'),
  /** `query: ` and `passage: ` for the models of the E5 family. */
  queryPrefix: z.string().default(''),
  documentPrefix: z.string().default(''),
})

export interface OnnxPlaces {
  readonly stateDirectory: string
  /** Of architecture.yaml. */
  readonly directory: string
  /** Says where engines are, where it does. */
  readonly environment: Environment
}

type Named = Pick<Deployment, 'id' | 'model' | 'options'>

/** @throws `cli.engine-options-invalid` */
export const onnxModelOf = (deployment: Named, places: OnnxPlaces): OnnxModel => {
  const { pooling, queryPrefix, documentPrefix, ...folder } = parsed(embeddingOptions, deployment)
  return {
    ...folderOf(deployment, folder, places),
    pooling,
    prefixes: { query: queryPrefix, document: documentPrefix },
  }
}

/** @throws `cli.engine-options-invalid` */
export const onnxRankerOf = (
  deployment: Named & Pick<Deployment, 'contextLength'>,
  places: OnnxPlaces,
): OnnxRanker => ({
  ...folderOf(deployment, parsed(rerankOptions, deployment), places),
  contextLength: deployment.contextLength,
})

const parsed = <Options>(schema: z.ZodType<Options>, { id, options }: Named): Options => {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  throw cliError('cli.engine-options-invalid', { deployment: id, detail: z.prettifyError(result.error) })
}

const folderOf = (
  { model }: Named,
  { models, dtype }: z.infer<typeof rerankOptions>,
  { stateDirectory, directory, environment }: OnnxPlaces,
) => ({
  library: join(enginesHomeIn(stateDirectory, environment), 'transformers'),
  models: models === undefined ? join(stateDirectory, 'models') : resolve(directory, models),
  model,
  dtype,
})

/**
 * Checks that library and weights of a deployment are on this disk, and that the weights are of its kind: what is
 * wrong is told at the start, not to the first client.
 * @throws `cli.engine-options-invalid` | `cli.transformers-missing` | `rag.onnx-unusable` | `rag.onnx-not-ranker`
 */
export const requireOnnx = (deployment: Deployment, places: OnnxPlaces): void => {
  const ranks = deployment.kind === 'rerank'
  const { library, models, model } = ranks
    ? onnxRankerOf(deployment, places)
    : onnxModelOf(deployment, places)
  if (!existsSync(join(library, 'node_modules', ...transformersPackage.name.split('/'), 'package.json')))
    throw cliError('cli.transformers-missing', { folder: library })
  const config = readConfig(join(models, model, 'config.json'))
  if (!config)
    throw ragError('rag.onnx-unusable', { model, folder: models, detail: 'there is no readable config.json' })
  const problem = ranks ? rankProblem(config) : undefined
  if (problem !== undefined) throw ragError('rag.onnx-not-ranker', { model, folder: models, detail: problem })
}

/** What a model's config.json says of its head, in the words of Hugging Face's transformers. */
const configSchema = z.object({
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.unknown()).nullish(),
})

const readConfig = (file: string) => {
  try {
    return configSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The caller says that there is none that can be read.
    return undefined
  }
}

const rankProblem = ({ architectures, id2label }: z.infer<typeof configSchema>): string | undefined => {
  const head = architectures?.[0]
  if (head !== undefined && !head.endsWith('ForSequenceClassification'))
    return `config.json says it is a ${head}`
  const labels = Object.keys(id2label ?? {}).length
  return labels > 2 ? `config.json says it has ${labels} outputs` : undefined
}
