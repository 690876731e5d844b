// The model repository of a Triton that is to be started, where `launch.models` names what it serves.

import { basename, dirname, resolve } from 'node:path'
import { engineError, flagValue } from '../../catalog/index.js'
import { writeTritonRepository } from '../optional-engines/triton-repository.js'
import type { EngineLaunch } from './engine-launch.js'

/** Python packages of the backend: it looks in the folder where it is started first, so none of these may stand there. */
const packages: ReadonlySet<string> = new Set(['triton', 'torch', 'transformers', 'numpy', 'tokenizers'])

/** @throws `engine.repository-missing`: no `--model-repository` says where to write it | `engine.repository-hides` */
export const writeRepository = async ({ id, command, models, cwd }: EngineLaunch): Promise<void> => {
  const named = Object.entries(models)
  if (named.length === 0) return
  const repository = flagValue(command, ['--model-repository', '--model-store'])
  if (repository === undefined) throw engineError('engine.repository-missing', { deployment: id })
  const folder = resolve(cwd, repository)
  if (dirname(folder) === resolve(cwd) && packages.has(basename(folder)))
    throw engineError('engine.repository-hides', { deployment: id, folder: basename(folder) })
  await writeTritonRepository(
    folder,
    named.map(([name, weights]) => ({ name, weights: resolve(cwd, weights), device: 'cpu' })),
  )
}
