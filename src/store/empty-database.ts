// An empty data directory as a tar, kept in a cache: making one takes seconds, loading one a fraction of that.
// Knows no table.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/**
 * The tar for `EmbeddedDatabaseOptions.snapshot`; made at the first call, then read from the cache.
 * @param cacheDirectory nothing is kept when it cannot be written
 */
export const emptyDatabase = async (cacheDirectory: string): Promise<Blob> => {
  const path = join(cacheDirectory, `empty-database-${await engineVersion()}.tar`)
  // A cache that is missing or unreadable costs time and nothing else.
  const cached = await readFile(path).catch(() => undefined)
  if (cached) return new Blob([cached])
  const engine = await PGlite.create()
  const made = await engine.dumpDataDir('none')
  await engine.close()
  // Likewise one that cannot be written.
  await keep(path, Buffer.from(await made.arrayBuffer())).catch(() => {})
  return made
}

/** Whole or not at all, also when several processes do it at once. */
const keep = async (path: string, content: Buffer) => {
  await mkdir(join(path, '..'), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, content, { mode: 0o600 })
  await rename(unfinished, path)
}

const engineVersion = async (): Promise<string> => {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version
}
