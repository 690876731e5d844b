// Uploads in parts: whoever shares the database may send any of them to any gateway, and a kill costs the part that was
// on its way. The parts become a file, whole or not at all.

import { createHash } from 'node:crypto'
import { type Clock, createId } from '../core/index.js'
import type { Store } from '../store/index.js'
import { deletePieces, insertPiece, selectBytes } from './file-table.js'
import { fileError } from './messages.js'
import { piecesOf } from './pieces.js'
import { readPieces } from './read-pieces.js'
import type { Files } from './records.js'
import type { Completion, Upload, UploadPart, Uploads } from './upload-records.js'
import {
  deleteParts,
  endUpload,
  insertPart,
  insertUpload,
  selectAnnouncedBytes,
  selectParts,
  selectUpload,
} from './upload-table.js'

export interface UploadsOptions {
  readonly store: Store
  readonly files: Pick<Files, 'find' | 'leave'>
  readonly clock: Clock
  readonly maxFileBytes: number
  readonly maxTenantBytes: number
}

/** As OpenAI has it. */
const openMs = 3_600_000
/** Parts may be sent again whose answer was lost, but not for ever. */
const maxSentShare = 2

/** The tables must be there: `store.migrate('files', fileMigrations)`. */
export const createUploads = (options: UploadsOptions): Uploads => {
  const { store, files, clock, maxFileBytes, maxTenantBytes } = options
  const { db } = store
  const now = () => new Date(clock.wallMs())

  const findOpen = async (tenant: string, id: string): Promise<Upload | undefined> => {
    const upload = await selectUpload(db, tenant, { id, now: now() })
    if (upload && upload.status !== 'pending')
      throw fileError('files.upload-over', { id, status: upload.status })
    return upload
  }
  const contentOf = async function* (tenant: string, parts: readonly UploadPart[], md5: string | undefined) {
    const digest = createHash('md5')
    for (const part of parts)
      for await (const piece of readPieces(db, tenant, part)) {
        digest.update(piece)
        yield piece
      }
    // Thrown before the file is there, so that there is none.
    if (md5 !== undefined && digest.digest('hex') !== md5.toLowerCase())
      throw fileError('files.checksum-differs', {})
  }

  return {
    begin: async (tenant, { bytes, ...file }) => {
      if (bytes > maxFileBytes) throw fileError('files.too-large', { limitBytes: maxFileBytes })
      const usedBytes = (await selectBytes(db, tenant)) + (await selectAnnouncedBytes(db, tenant, now()))
      if (usedBytes + bytes > maxTenantBytes)
        throw fileError('files.quota-exceeded', { limitBytes: maxTenantBytes, usedBytes })
      const createdAt = now()
      const upload: Upload = {
        ...file,
        id: createId('upload', clock.wallMs()),
        bytes,
        fileId: createId('file', clock.wallMs()),
        status: 'pending',
        createdAt,
        expiresAt: new Date(createdAt.getTime() + openMs),
      }
      await insertUpload(db, tenant, upload)
      return upload
    },
    addPart: async (tenant, uploadId, content) => {
      const upload = await findOpen(tenant, uploadId)
      if (!upload) return undefined
      const sent = await selectParts(db, tenant, uploadId)
      const limitBytes = maxSentShare * upload.bytes - sent.reduce((sum, part) => sum + part.bytes, 0)
      const id = createId('part', clock.wallMs())
      let bytes = 0
      let number = 0
      try {
        for await (const piece of piecesOf(content)) {
          bytes += piece.length
          if (bytes > upload.bytes || bytes > limitBytes)
            throw fileError('files.parts-too-large', { announcedBytes: upload.bytes })
          await insertPiece(db, { tenant, id, now: now() }, { number: number++, content: piece })
        }
        const part = { id, bytes, createdAt: now() }
        await insertPart(db, { tenant, uploadId }, part)
        return part
      } catch (error) {
        // What cannot be deleted now is with other strays; what went wrong first is what matters.
        await deletePieces(db, tenant, id).catch(() => {})
        throw error
      }
    },
    complete: async (tenant, id, { partIds, md5 }: Completion) => {
      const known = await selectUpload(db, tenant, { id, now: now() })
      // The answer to the first time may have been lost.
      const done = known?.status === 'completed' ? await files.find(tenant, known.fileId) : undefined
      if (known && done) return { upload: known, file: done }
      const upload = await findOpen(tenant, id)
      if (!upload) return undefined
      const sent = new Map((await selectParts(db, tenant, id)).map((part) => [part.id, part]))
      const parts = partIds.map((partId) => {
        const part = sent.get(partId)
        if (!part) throw fileError('files.part-unknown', { id, partId })
        return part
      })
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
      if (bytes !== upload.bytes)
        throw fileError('files.bytes-differ', { announcedBytes: upload.bytes, sentBytes: bytes })
      await files.leave(tenant, upload.fileId, upload, contentOf(tenant, parts, md5))
      const file = await files.find(tenant, upload.fileId)
      if (!file) throw fileError('files.gone', { id: upload.fileId }, { retryable: true })
      await endUpload(db, tenant, { id, status: 'completed' })
      await deleteParts(db, tenant, id)
      return { upload: { ...upload, status: 'completed' }, file }
    },
    cancel: async (tenant, id) => {
      const upload = await findOpen(tenant, id)
      if (!upload) return undefined
      if (!(await endUpload(db, tenant, { id, status: 'cancelled' })))
        throw fileError('files.upload-over', { id, status: 'completed' })
      await deleteParts(db, tenant, id)
      return { ...upload, status: 'cancelled' }
    },
  }
}
