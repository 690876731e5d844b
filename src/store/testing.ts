// A real store for tests of any room: a PostgreSQL in this process, behind a real socket.
// Not part of the product.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../core/index.js'
import { embeddedConnection, startEmbeddedDatabase } from './embedded-database.js'
import { connectStore, type Store } from './store.js'

export interface TestStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * Starts an empty store of its own. The first call on a machine takes seconds and leaves an empty database in
 * `node_modules/.cache`, from which later ones start in about half a second: call it once per file.
 * @example
 * let test: TestStore
 * beforeAll(async () => { test = await startTestStore() })
 * afterAll(() => test.close())
 */
export const startTestStore = async (): Promise<TestStore> => {
  const directory = await mkdtemp(join(tmpdir(), 'test-store-'))
  const socketDirectory = join(directory, 'run')
  const database = await startEmbeddedDatabase({
    dataDirectory: join(directory, 'data'),
    socketDirectory,
    cacheDirectory: testCacheDirectory,
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
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Where tests keep an empty database: beside the installed packages. */
export const testCacheDirectory = fileURLToPath(
  new URL('../../node_modules/.cache/llm-architect', import.meta.url),
)
