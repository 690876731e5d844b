// The SQL of files. Each statement is a single one, so that no transaction is held open on the embedded database.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { FilePage, FileQuery, StoredFile } from './records.js'

type Database = Store['db']

export interface Piece {
  readonly number: number
  readonly content: Uint8Array
}

export const insertPiece = async (
  db: Database,
  { tenant, id, now }: { readonly tenant: string; readonly id: string; readonly now: Date },
  { number, content }: Piece,
): Promise<void> => {
  await sql`insert into files_piece (tenant, file_id, number, content, created_at)
    values (${tenant}, ${id}, ${number}, ${Buffer.from(content)}, ${now})`.execute(db)
}

export const selectPiece = async (
  db: Database,
  { tenant, id, number }: { readonly tenant: string; readonly id: string; readonly number: number },
): Promise<Uint8Array | undefined> => {
  const { rows } = await sql<{ content: Uint8Array }>`select content from files_piece
    where tenant = ${tenant} and file_id = ${id} and number = ${number}`.execute(db)
  return rows[0]?.content
}

export const deletePieces = async (db: Database, tenant: string, id: string): Promise<void> => {
  await sql`delete from files_piece where tenant = ${tenant} and file_id = ${id}`.execute(db)
}

/** @param pieces how many it has @returns false, and there is no file, when they are not all there */
export const insertFile = async (
  db: Database,
  tenant: string,
  { file, pieces }: { readonly file: StoredFile; readonly pieces: number },
): Promise<boolean> => {
  const { numAffectedRows } = await sql`
    insert into files_file (tenant, id, filename, purpose, bytes, created_at, expires_at)
    select ${tenant}, ${file.id}, ${file.filename}, ${file.purpose}, ${file.bytes}, ${file.createdAt},
      ${file.expiresAt}::timestamptz
    where (select count(*) from files_piece where tenant = ${tenant} and file_id = ${file.id}) = ${pieces}`.execute(
    db,
  )
  return numAffectedRows === 1n
}

/** How many bytes the files of a tenant have together, whether expired or not. */
export const selectBytes = async (db: Database, tenant: string): Promise<number> => {
  const { rows } = await sql<{ bytes: string }>`select coalesce(sum(bytes), 0) as bytes from files_file
    where tenant = ${tenant}`.execute(db)
  return Number(rows[0]?.bytes ?? 0)
}

export const selectFile = async (
  db: Database,
  tenant: string,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<StoredFile | undefined> => {
  const { rows } = await sql<Row>`select * from files_file
    where tenant = ${tenant} and id = ${id} and ${isInForce(now)}`.execute(db)
  return rows[0] && fileOf(rows[0])
}

/** @returns undefined when there is no file `after` */
export const selectFiles = async (
  db: Database,
  tenant: string,
  { purpose, order, after, limit, now }: FileQuery & { readonly now: Date },
): Promise<FilePage | undefined> => {
  const from = after === undefined ? undefined : await selectFile(db, tenant, { id: after, now })
  if (after !== undefined && !from) return undefined
  const [direction, compare] = order === 'asc' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const { rows } = await sql<Row>`select * from files_file
    where tenant = ${tenant} and ${isInForce(now)}
      and (${purpose ?? null}::text is null or purpose = ${purpose ?? null})
      ${from ? sql`and (created_at, id) ${compare} (${from.createdAt}, ${from.id})` : sql``}
    order by created_at ${direction}, id ${direction} limit ${limit + 1}`.execute(db)
  return { files: rows.slice(0, limit).map(fileOf), hasMore: rows.length > limit }
}

export const deleteFile = async (
  db: Database,
  tenant: string,
  { id, now }: { readonly id: string; readonly now: Date },
): Promise<boolean> => {
  const { rows } = await sql<{ id: string }>`with gone as (
      delete from files_file where tenant = ${tenant} and id = ${id} and ${isInForce(now)} returning tenant, id),
    pieces as (
      delete from files_piece using gone where files_piece.tenant = gone.tenant and file_id = gone.id)
    select id from gone`.execute(db)
  return rows.length === 1
}

/** @returns how many there were */
export const deleteExpired = async (db: Database, now: Date): Promise<number> => {
  const { numAffectedRows } = await sql`delete from files_file where expires_at <= ${now}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Pieces that belong to no file: of uploads that broke off before `until`, and of files that are gone. */
export const deleteStrayPieces = async (db: Database, until: Date): Promise<void> => {
  await sql`delete from files_piece where created_at <= ${until} and not exists (
      select from files_file where files_file.tenant = files_piece.tenant and id = file_id)`.execute(db)
}

const isInForce = (now: Date) => sql`(expires_at is null or expires_at > ${now})`

interface Row {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  /** A bigint, as the driver reads one. */
  readonly bytes: string
  readonly created_at: Date
  readonly expires_at: Date | null
}

const fileOf = (row: Row): StoredFile => ({
  id: row.id,
  filename: row.filename,
  purpose: row.purpose,
  bytes: Number(row.bytes),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})
