// Failures of the operating system as errors that a person can act on. Knows no command.

import { ArchitectError } from '../core/index.js'
import { cliError, type FileFailure, fileFailures } from './messages.js'

/** The error itself, or `cli.file-unusable` where it says that a file or a folder cannot be used. */
export const describeFailure = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof ArchitectError) return error
  const { code, path } = error as NodeJS.ErrnoException
  if (path === undefined || !isFileFailure(code)) return error
  return cliError('cli.file-unusable', { file: path, cause: code }, { cause: error })
}

const isFileFailure = (code: string | undefined): code is FileFailure =>
  code !== undefined && Object.hasOwn(fileFailures, code)
