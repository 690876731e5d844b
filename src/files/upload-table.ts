// The SQL of uploads in parts. The content of a part stands among the pieces of files, under the part's id: what no file
// takes over is deleted with other strays.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { Upload, UploadPart, UploadStatus } from './upload-records.js'

type Database = Store['db']

export const insertUpload = async (db: Database, tenant: string, upload: Upload): Promise<void> => {
  const { id, filename, purpose, bytes, fileId, expiresAfterMs, status, createdAt, expiresAt } = upload
  await sql`insert into files_upload
    (tenant, id, filename, purpose, bytes, file_id, expires_after_ms, status, created_at, expires_at)
    values (${tenant}, ${id}, ${filename}, ${purpose}, ${bytes}, ${fileId}, ${expiresAfterMs}, ${status},
      ${createdAt}, ${expiresAt})`.execute(db)
}

export const selectUpload = async (
  db: Database,
  tenant: string,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<Upload | undefined> => {
  const { rows } = await sql<Row>`select * from files_upload where tenant = ${tenant} and id = ${id}`.execute(
    db,
  )
  const [row] = rows
  if (!row) return undefined
  const isOver = row.status === 'pending' && row.expires_at <= now
  return {
    id: row.id,
    filename: row.filename,
    purpose: row.purpose,
    bytes: Number(row.bytes),
    fileId: row.file_id,
    expiresAfterMs: row.expires_after_ms === null ? null : Number(row.expires_after_ms),
    status: isOver ? 'expired' : row.status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

/** @returns false when it was not pending any more */
export const endUpload = async (
  db: Database,
  tenant: string,
  { id, status }: { readonly id: string; readonly status: 'completed' | 'cancelled' },
): Promise<boolean> => {
  const { numAffectedRows } = await sql`update files_upload set status = ${status}
    where tenant = ${tenant} and id = ${id} and status = 'pending'`.execute(db)
  return numAffectedRows === 1n
}

/** How many bytes the uploads under way have announced. */
export const selectAnnouncedBytes = async (db: Database, tenant: string, now: Date): Promise<number> => {
  const { rows } = await sql<{ bytes: string }>`select coalesce(sum(bytes), 0) as bytes from files_upload
    where tenant = ${tenant} and status = 'pending' and expires_at > ${now}`.execute(db)
  return Number(rows[0]?.bytes ?? 0)
}

export const insertPart = async (
  db: Database,
  { tenant, uploadId }: { readonly tenant: string; readonly uploadId: string },
  { id, bytes, createdAt }: UploadPart,
): Promise<void> => {
  await sql`insert into files_part (tenant, upload_id, id, bytes, created_at)
    values (${tenant}, ${uploadId}, ${id}, ${bytes}, ${createdAt})`.execute(db)
}

export const selectParts = async (
  db: Database,
  tenant: string,
  uploadId: string,
): Promise<readonly UploadPart[]> => {
  const { rows } = await sql<{ id: string; bytes: string; created_at: Date }>`select id, bytes, created_at
    from files_part where tenant = ${tenant} and upload_id = ${uploadId}`.execute(db)
  return rows.map(({ id, bytes, created_at }) => ({ id, bytes: Number(bytes), createdAt: created_at }))
}

/** With their content. */
export const deleteParts = async (db: Database, tenant: string, uploadId: string): Promise<void> => {
  await sql`with gone as (
      delete from files_part where tenant = ${tenant} and upload_id = ${uploadId} returning tenant, id)
    delete from files_piece using gone
      where files_piece.tenant = gone.tenant and files_piece.file_id = gone.id`.execute(db)
}

/** What nobody can ask for any more; the content goes with other strays. */
export const deleteOldUploads = async (db: Database, until: Date): Promise<void> => {
  await sql`delete from files_upload where expires_at <= ${until}`.execute(db)
  await sql`delete from files_part where created_at <= ${until}`.execute(db)
}

interface Row {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  /** A bigint, as the driver reads one. */
  readonly bytes: string
  readonly file_id: string
  readonly expires_after_ms: string | null
  readonly status: Exclude<UploadStatus, 'expired'>
  readonly created_at: Date
  readonly expires_at: Date
}
