// The content of a file, or of a part of one, piece by piece as it is kept.

import type { Store } from '../store/index.js'
import { selectPiece } from './file-table.js'
import { fileError } from './messages.js'

/** It breaks off with `files.gone` when the pieces are deleted meanwhile. */
export async function* readPieces(
  db: Store['db'],
  tenant: string,
  { id, bytes }: { readonly id: string; readonly bytes: number },
): AsyncGenerator<Uint8Array> {
  let left = bytes
  for (let number = 0; left > 0; number++) {
    const content = await selectPiece(db, { tenant, id, number })
    if (!content) throw fileError('files.gone', { id })
    left -= content.length
    yield content
  }
}
