// Loads transformers.js from the folder it was installed in. The one place that knows its package.

import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import type { TransformersLibrary } from '../rag/index.js'
import { cliError } from './messages.js'
import { transformersPackage } from './optional-engines/transformers-steps.js'

/** @param folder as `doctor --fix transformers` filled it @throws `cli.transformers-missing` | `cli.transformers-broken` */
export const loadTransformers = async (folder: string): Promise<TransformersLibrary> => {
  const require = createRequire(join(folder, 'package.json'))
  let entry: string
  try {
    entry = require.resolve(transformersPackage.name)
  } catch (cause) {
    throw cliError('cli.transformers-missing', { folder }, { cause })
  }
  // Not one of ours above this folder: package.json names an empty package by this name.
  if (!existsSync(folder) || !entry.startsWith(join(realpathSync(folder), sep)))
    throw cliError('cli.transformers-missing', { folder })
  try {
    return require(entry) as TransformersLibrary
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw cliError('cli.transformers-broken', { folder, detail }, { cause })
  }
}
