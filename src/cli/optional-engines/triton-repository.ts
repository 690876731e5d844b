// Writes the model repository that Triton reads: a configuration, and the model as a file of the Python backend that
// loads weights in Hugging Face's layout. Starts nothing.

import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { packageFile } from '../package-file.js'

export interface TritonModel {
  /** The name clients ask for: `/v2/models/NAME`. */
  readonly name: string
  /** Folder with config.json, safetensors and a tokenizer. */
  readonly weights: string
  readonly device: 'cpu' | 'gpu'
}

/**
 * Writes `NAME/config.pbtxt` and `NAME/1/model.py` for each model; what else is in the folder stays.
 * @example await writeTritonRepository('.llm-architect/triton', [{ name: 'small', weights: './models/small', device: 'cpu' }])
 */
export const writeTritonRepository = async (
  directory: string,
  models: readonly TritonModel[],
): Promise<void> => {
  for (const model of models) {
    const version = join(directory, model.name, '1')
    await mkdir(version, { recursive: true })
    await copyFile(packageFile(join('python', 'triton', 'model.py')), join(version, 'model.py'))
    await writeFile(join(directory, model.name, 'config.pbtxt'), tritonConfig(model))
  }
}

interface Tensor {
  readonly name: string
  readonly type: 'TYPE_STRING' | 'TYPE_BOOL' | 'TYPE_UINT32'
  readonly optional?: boolean
}

/** The inputs and outputs of Triton's vLLM backend. */
const inputs: readonly Tensor[] = [
  { name: 'text_input', type: 'TYPE_STRING' },
  { name: 'stream', type: 'TYPE_BOOL', optional: true },
  { name: 'sampling_parameters', type: 'TYPE_STRING', optional: true },
  { name: 'exclude_input_in_output', type: 'TYPE_BOOL', optional: true },
  { name: 'return_finish_reason', type: 'TYPE_BOOL', optional: true },
  { name: 'return_num_input_tokens', type: 'TYPE_BOOL', optional: true },
  { name: 'return_num_output_tokens', type: 'TYPE_BOOL', optional: true },
]

const outputs: readonly Tensor[] = [
  { name: 'text_output', type: 'TYPE_STRING' },
  { name: 'finish_reason', type: 'TYPE_STRING' },
  { name: 'num_input_tokens', type: 'TYPE_UINT32' },
  { name: 'num_output_tokens', type: 'TYPE_UINT32' },
]

const writeTensor = ({ name, type, optional }: Tensor): string =>
  `  { name: ${quoted(name)} data_type: ${type} dims: [ 1 ]${optional ? ' optional: true' : ''} }`

/** A string of protobuf's text format. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

/** The configuration in protobuf's text format. Decoupled: one request, any number of responses, as streaming needs. */
export const tritonConfig = ({ name, weights, device }: TritonModel): string =>
  [
    `name: ${quoted(name)}`,
    'backend: "python"',
    'max_batch_size: 0',
    'model_transaction_policy { decoupled: true }',
    'input [',
    inputs.map(writeTensor).join(',\n'),
    ']',
    'output [',
    outputs.map(writeTensor).join(',\n'),
    ']',
    `instance_group [ { kind: ${device === 'gpu' ? 'KIND_GPU' : 'KIND_CPU'} count: 1 } ]`,
    `parameters { key: "weights" value: { string_value: ${quoted(resolve(weights))} } }`,
    '',
  ].join('\n')
