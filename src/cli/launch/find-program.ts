// Where a program is, by the rules of a shell. Knows no engine.

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'

export type ProgramPlace =
  | { readonly path: string }
  /** There is something, but the system would not run it: a file without the right to, or a folder. */
  | { readonly refused: string; readonly reason: 'EACCES' | 'EISDIR' }
  | undefined

/** @param directory where a relative path starts; a bare name is looked up in `searchPath` */
export const findProgram = async (
  word: string,
  { directory, searchPath = '' }: { readonly directory: string; readonly searchPath: string | undefined },
): Promise<ProgramPlace> => {
  const isPath = word.includes('/')
  const candidates = isPath
    ? [resolve(directory, word)]
    : searchPath.split(delimiter).flatMap((folder) => (folder === '' ? [] : [join(folder, word)]))
  let refused: ProgramPlace
  for (const path of candidates) {
    // Not there, or not to be looked at: the next folder may have it.
    const entry = await stat(path).catch(() => undefined)
    // A folder of that name on the search path is passed over.
    if (entry?.isDirectory() && isPath) return { refused: path, reason: 'EISDIR' }
    if (!entry?.isFile()) continue
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isExecutable) return { path }
    refused ??= { refused: path, reason: 'EACCES' }
  }
  return refused
}
