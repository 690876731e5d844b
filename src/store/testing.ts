// A real store for tests of any room: an in-memory PostgreSQL in this process, behind a real socket.
// Not part of the product.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { silentLog } from '../core/index.js'
import { embeddedConnection, startEmbeddedDatabase } from './embedded-database.js'
import { connectStore, type Store } from './store.js'

export interface TestStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * Starts an empty store of its own. The first call on a machine takes seconds and leaves a snapshot in
 * `node_modules/.cache`, from which later ones start in about half a second: call it once per file.
 * @example
 * let test: TestStore
 * beforeAll(async () => { test = await startTestStore() })
 * afterAll(() => test.close())
 */
export const startTestStore = async (): Promise<TestStore> => {
  const socketDirectory = await mkdtemp(join(tmpdir(), 'test-store-'))
  const database = await startEmbeddedDatabase({
    dataDirectory: null,
    socketDirectory,
    snapshot: await emptyDatabase(),
    onFatal: (error) => {
      throw error
    },
  })
  const store = await connectStore({ connection: embeddedConnection(socketDirectory), log: silentLog })
  return {
    store,
    close: async () => {
      await store.close()
      await database.close()
      await rm(socketDirectory, { recursive: true, force: true })
    },
  }
}

const cacheDirectory = fileURLToPath(new URL('../../node_modules/.cache/llm-architect', import.meta.url))

/** A file with a tar of an empty data directory. Making one takes seconds, so it is kept beside the packages. */
export const emptyDatabaseFile = async (): Promise<string> => {
  const path = join(cacheDirectory, `empty-database-${await engineVersion()}.tar`)
  if (existsSync(path)) return path
  const engine = await PGlite.create()
  const snapshot = await engine.dumpDataDir('none')
  await engine.close()
  await mkdir(cacheDirectory, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, Buffer.from(await snapshot.arrayBuffer()))
  await rename(unfinished, path)
  return path
}

export const emptyDatabase = async (): Promise<Blob> => new Blob([await readFile(await emptyDatabaseFile())])

const engineVersion = async (): Promise<string> => {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version
}
