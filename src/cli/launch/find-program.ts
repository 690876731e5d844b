// Where a program is, by the rules of a shell. Knows no engine.

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'

export type ProgramPlace =
  | { readonly path: string }
  /** There is a file, but the system would not run it. */
  | { readonly refused: string }
  | undefined

/** @param directory where a relative path starts; a bare name is looked up in `searchPath` */
export const findProgram = async (
  word: string,
  { directory, searchPath = '' }: { readonly directory: string; readonly searchPath: string | undefined },
): Promise<ProgramPlace> => {
  const candidates = word.includes('/')
    ? [resolve(directory, word)]
    : searchPath.split(delimiter).flatMap((folder) => (folder === '' ? [] : [join(folder, word)]))
  let refused: string | undefined
  for (const path of candidates) {
    const isFile = await stat(path).then(
      (entry) => entry.isFile(),
      () => false,
    )
    if (!isFile) continue
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isExecutable) return { path }
    refused ??= path
  }
  return refused === undefined ? undefined : { refused }
}
