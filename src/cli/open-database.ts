// The relational database of a system: PostgreSQL when an address is given, otherwise the embedded one in a child.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Log, systemClock } from '../core/index.js'
import { connectStore, embeddedConnection, type Store } from '../store/index.js'
import { type SupervisedChild, superviseChild } from '../supervisor/index.js'
import { childEnvironment } from './child-environment.js'
import { processEntry } from './package-file.js'
import type { DatabaseArguments } from './processes/database.js'
import { keptTablesKey } from './system-tables.js'

export interface OpenDatabase {
  readonly store: Store
  /** The embedded database's process; undefined on PostgreSQL. */
  readonly child: SupervisedChild | undefined
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly stateDirectory: string
  /** Address of a PostgreSQL server. */
  readonly url: string | undefined
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock?: Clock
}

/** @throws `store.unreachable` and the store's and the supervisor's other errors */
export const openDatabase = async (options: DatabaseOptions): Promise<OpenDatabase> => {
  const { stateDirectory, url, log, clock = systemClock } = options
  if (url !== undefined) {
    const store = await connectStore({ connection: { connectionString: url, max: 8 }, log, clock })
    return { store, child: undefined, close: () => store.close() }
  }
  const socketDirectory = join(stateDirectory, 'run')
  const child = superviseChild({
    name: 'database',
    entry: processEntry('database'),
    args: {
      dataDirectory: join(stateDirectory, 'database'),
      socketDirectory,
      cacheDirectory: cacheDirectoryOf(options.environment),
      tablesKey: keptTablesKey,
    } satisfies DatabaseArguments,
    env: childEnvironment(options.environment),
    clock,
    log,
  })
  try {
    await child.ready
    const store = await connectStore({ connection: embeddedConnection(socketDirectory), log, clock })
    return {
      store,
      child,
      close: async () => {
        await store.close()
        await child.close()
      },
    }
  } catch (error) {
    await child.close()
    throw error
  }
}

/** Where an empty database is kept, so that the next new one need not be made from nothing. */
const cacheDirectoryOf = ({ XDG_CACHE_HOME, HOME }: DatabaseOptions['environment']): string =>
  join(XDG_CACHE_HOME || join(HOME || homedir(), '.cache'), 'llm-architect')
