// Files, kept in the database in pieces: whoever shares the database sees them, and a kill leaves either a whole file
// or none.

import { type Clock, createId, type Log, silentLog } from '../core/index.js'
import type { Store } from '../store/index.js'
import {
  deleteExpired,
  deleteFile,
  deletePieces,
  deleteStrayPieces,
  insertFile,
  insertPiece,
  selectBytes,
  selectFile,
  selectFiles,
} from './file-table.js'
import { fileError } from './messages.js'
import { piecesOf } from './pieces.js'
import { readPieces } from './read-pieces.js'
import type { Files, NewFile, StoredFile } from './records.js'
import { deleteOldUploads } from './upload-table.js'

export interface FileStoreOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log?: Log
  /** The largest file that is taken. */
  readonly maxFileBytes: number
  /** How large the files of one tenant may be together. */
  readonly maxTenantBytes: number
}

const tidyEveryMs = 3_600_000
/** No upload takes so long: pieces that are older and belong to no file were left behind. */
const strayMs = 24 * 3_600_000

/** The tables must be there: `store.migrate('files', fileMigrations)`. */
export const createFileStore = (options: FileStoreOptions): Files => {
  const { store, clock, log = silentLog, maxFileBytes, maxTenantBytes } = options
  const { db } = store
  const closing = new AbortController()
  const now = () => new Date(clock.wallMs())
  let tidying: Promise<void> | undefined

  const write = async (
    place: { readonly tenant: string; readonly id: string },
    content: AsyncIterable<Uint8Array>,
    describe: (bytes: number) => NewFile | Promise<NewFile>,
    check: (bytes: number) => void,
  ): Promise<StoredFile> => {
    const { tenant, id } = place
    try {
      let bytes = 0
      let number = 0
      for await (const piece of piecesOf(content)) {
        bytes += piece.length
        check(bytes)
        await insertPiece(db, { ...place, now: now() }, { number: number++, content: piece })
      }
      const { filename, purpose, expiresAfterMs } = await describe(bytes)
      const createdAt = now()
      const expiresAt = expiresAfterMs === null ? null : new Date(createdAt.getTime() + expiresAfterMs)
      const file = { id, filename, purpose, bytes, createdAt, expiresAt }
      // Two processes that write the same file, after one was taken for dead, must not leave half of one.
      if (!(await insertFile(db, tenant, { file, pieces: number })))
        throw fileError('files.gone', { id }, { retryable: true })
      return file
    } catch (error) {
      // What cannot be deleted now is when it is tidied up; what went wrong first is what matters.
      await deletePieces(db, tenant, id).catch(() => {})
      throw error
    }
  }

  const checkQuota = (usedBytes: number, bytes: number) => {
    if (bytes > maxFileBytes) throw fileError('files.too-large', { limitBytes: maxFileBytes })
    if (usedBytes + bytes > maxTenantBytes)
      throw fileError('files.quota-exceeded', { limitBytes: maxTenantBytes, usedBytes })
  }

  return {
    add: async (tenant, content, describe) => {
      const id = createId('file', clock.wallMs())
      const before = await selectBytes(db, tenant)
      return write(
        { tenant, id },
        content,
        async (bytes) => {
          const described = describe()
          // Others may have come meanwhile.
          checkQuota(await selectBytes(db, tenant), bytes)
          return described
        },
        (bytes) => checkQuota(before, bytes),
      )
    },
    leave: async (tenant, id, file, content) => {
      if (await selectFile(db, tenant, { id, now: now() })) return
      await deletePieces(db, tenant, id)
      await write(
        { tenant, id },
        content,
        () => file,
        () => {},
      )
    },
    find: (tenant, id) => selectFile(db, tenant, { id, now: now() }),
    list: (tenant, query) => selectFiles(db, tenant, { ...query, now: now() }),
    read: (tenant, file) => readPieces(db, tenant, file),
    remove: (tenant, id) => deleteFile(db, tenant, { id, now: now() }),
    start: () => {
      const tidy = async () => {
        const count = await deleteExpired(db, now())
        const strayUntil = new Date(clock.wallMs() - strayMs)
        await deleteOldUploads(db, strayUntil)
        await deleteStrayPieces(db, strayUntil)
        if (count > 0) log.info({ count }, 'expired files deleted')
      }
      tidying ??= tidyRegularly(tidy, { clock, log, signal: closing.signal })
    },
    close: async () => {
      closing.abort()
      await tidying
    },
  }
}

const tidyRegularly = async (
  tidy: () => Promise<void>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> => {
  for (;;) {
    // It rejects when it is aborted, and then the loop ends.
    await clock.sleep(tidyEveryMs, signal).catch(() => {})
    if (signal.aborted) return
    try {
      await tidy()
    } catch (error) {
      log.warn({ err: error }, 'expired files could not be deleted')
    }
  }
}
