// The files of an empty database, kept in a cache: making them takes seconds, copying them a fraction of that.
// Knows no table.

import { cpSync, existsSync } from 'node:fs'
import { constants, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/**
 * Puts an empty database where none is yet. The first call makes one and keeps it in the cache; later ones copy that.
 * @param target does not exist, or is empty
 * @param cacheDirectory nothing is kept when it cannot be written
 */
export const copyEmptyDatabase = async (target: string, cacheDirectory: string): Promise<void> => {
  const kept = join(cacheDirectory, `empty-database-${await engineVersion()}`)
  // A cache that cannot be written costs time and nothing else: the engine makes what is missing.
  if (!existsSync(kept)) await keep(kept, cacheDirectory).catch(() => {})
  // A thousand small files: one after the other is four times as fast as the asynchronous copy.
  if (existsSync(kept)) cpSync(kept, target, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

/** Whole or not at all, also when several processes do it at once. */
const keep = async (path: string, cacheDirectory: string) => {
  await mkdir(cacheDirectory, { recursive: true })
  const unfinished = await mkdtemp(join(cacheDirectory, 'unfinished-'))
  try {
    const engine = await PGlite.create(unfinished)
    await engine.close()
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

const engineVersion = async (): Promise<string> => {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version
}
