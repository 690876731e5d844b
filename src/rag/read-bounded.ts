// The bytes of one regular file, up to a size. Does not follow a link that appeared after the walk.

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { ArchitectError } from '../core/index.js'
import { ragError } from './messages.js'

/** @throws `rag.file-unreadable` | `rag.file-too-large` */
export const readBounded = async (realPath: string, maxBytes: number): Promise<Uint8Array> => {
  try {
    // Without O_NONBLOCK a named pipe that was put in the file's place would hold us up for ever.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    await using file = await open(realPath, flags)
    const { size } = await regular(file)
    if (size > maxBytes) throw ragError('rag.file-too-large', { bytes: size, maxBytes })
    return await file.readFile()
  } catch (error) {
    if (error instanceof ArchitectError) throw error
    throw ragError('rag.file-unreadable', { detail: (error as Error).message }, { cause: error })
  }
}

const regular = async (file: { stat(): Promise<{ size: number; isFile(): boolean }> }) => {
  const state = await file.stat()
  if (!state.isFile()) throw ragError('rag.file-unreadable', { detail: 'it is not a regular file' })
  return state
}
