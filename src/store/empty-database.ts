// The files of an empty database, kept in a cache: making them takes seconds, copying them a fraction of that.
// It may have tables already, as making them takes as long as the copy. Knows none of them.

import { cpSync, existsSync } from 'node:fs'
import { constants, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DomainTables } from './migration.js'

/** Tables of a kept database: `migrate` finds them there. */
export interface KeptTables {
  /** Part of a file's name; another one when the tables are others. */
  readonly key: string
  /** Called when no database with these tables is kept yet. */
  readonly read: () => Promise<readonly DomainTables[]>
}

export interface KeepingOptions {
  /** Nothing is kept when it cannot be written. */
  readonly cacheDirectory: string
  /** Default: none. */
  readonly tables?: KeptTables | undefined
}

/** Another one when databases are kept in another form, since those of before are there still. */
const form = 2

/**
 * Puts an empty database where none is yet. The first call makes one and keeps it in the cache; later ones copy that.
 * @param target does not exist, or is empty
 */
export const copyEmptyDatabase = async (target: string, options: KeepingOptions): Promise<void> => {
  const { cacheDirectory, tables } = options
  const bare = join(cacheDirectory, `empty-database-${await engineVersion()}-${form}`)
  const kept = tables ? `${bare}-${tables.key}` : bare
  // A cache that cannot be written costs time and nothing else: the engine makes what is missing.
  if (!existsSync(kept)) await keep(kept, bare, options).catch(() => {})
  if (existsSync(kept)) copy(kept, target)
}

/** A thousand small files: one after the other is four times as fast as the asynchronous copy. */
const copy = (from: string, to: string) =>
  cpSync(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })

/** Whole or not at all, also when several processes do it at once. */
const keep = async (path: string, bare: string, { cacheDirectory, tables }: KeepingOptions) => {
  await mkdir(cacheDirectory, { recursive: true })
  const unfinished = await mkdtemp(join(cacheDirectory, 'unfinished-'))
  try {
    if (tables && existsSync(bare)) copy(bare, unfinished)
    // Loaded for the first database of a machine only.
    const { makeEmptyDatabase } = await import('./make-empty-database.js')
    await makeEmptyDatabase(unfinished, (await tables?.read()) ?? [])
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

const engineVersion = async (): Promise<string> => {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version
}
