// Serves one single-session database to many PostgreSQL clients on a unix socket. A client keeps the database
// from the first message of a query to its end, and through a whole transaction. Knows no SQL but ROLLBACK.

import { createServer, type Socket } from 'node:net'
import { createTurns } from './turns.js'
import { createWireSplitter, type WireUnit } from './wire-splitter.js'

/** The database behind the socket: PGlite fulfils it. */
export interface SessionDatabase {
  /** Runs protocol messages; answers go to `onRawData`, which must copy them. */
  execProtocolRawStream(
    message: Uint8Array,
    options: { readonly onRawData: (data: Uint8Array) => void },
  ): Promise<void>
  isInTransaction(): boolean
}

export interface WireServer {
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

export interface WireServerOptions {
  readonly database: SessionDatabase
  readonly socketPath: string
  /** A client that says nothing for so long inside a transaction is disconnected, as it blocks all others. */
  readonly idleInTransactionMs: number
  /** The database itself failed (not a statement): nothing can be served any more. */
  readonly onFatal: (error: unknown) => void
}

const maxUnitBytes = 256 * 1024 * 1024

/** Starts listening. @throws the operating system's error when the socket cannot be made */
export const startWireServer = async (options: WireServerOptions): Promise<WireServer> => {
  const { database } = options
  const turns = createTurns()
  const clients = new Map<Socket, Promise<void>>()

  const serve = async (socket: Socket) => {
    const connection = createConnection(socket, { ...options, turns })
    socket.on('data', (chunk) => connection.receive(chunk))
    // A client that is gone: its connection is closed below like any other.
    socket.on('error', () => socket.destroy())
    await new Promise((resolve) => socket.once('close', resolve))
    await connection.end()
    // All connections share one session: the last to leave takes its settings and statements with it.
    if (clients.size === 1) await turns.run({}, () => execute(database, 'DISCARD ALL'))
  }

  const server = createServer((socket) => {
    const left = serve(socket)
      .catch(options.onFatal)
      .finally(() => clients.delete(socket))
    clients.set(socket, left)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.socketPath, resolve)
  })
  return {
    close: async () => {
      server.close()
      for (const socket of clients.keys()) socket.destroy()
      await Promise.all(clients.values())
    },
  }
}

/** Runs a statement for the server itself. The Sync before it ends an extended query that was left half-way. */
const execute = async (database: SessionDatabase, sql: string) => {
  const text = Buffer.from(`${sql}\0`)
  const query = Buffer.concat([Buffer.from('S\0\0\0\x04Q\0\0\0\0', 'latin1'), text])
  query.writeInt32BE(4 + text.length, 6)
  await database.execProtocolRawStream(query, { onRawData: () => {} })
  return { keep: false }
}

/** One client: its units run in order, each in its turn. */
const createConnection = (
  socket: Socket,
  deps: WireServerOptions & { readonly turns: ReturnType<typeof createTurns> },
) => {
  const { database, turns, onFatal, idleInTransactionMs } = deps
  const splitter = createWireSplitter(maxUnitBytes)
  const owner = {}
  let last: Promise<void> = Promise.resolve()
  let idleTimer: NodeJS.Timeout | undefined

  const send = (data: Uint8Array) => {
    // The database reuses the memory that `data` points into.
    if (socket.writable) socket.write(Buffer.from(data))
  }

  const run = (bytes: Uint8Array, complete: boolean) =>
    turns.run(owner, async () => {
      clearTimeout(idleTimer)
      if (socket.destroyed) return { keep: turns.holds(owner) }
      socket.cork()
      await database.execProtocolRawStream(bytes, { onRawData: send })
      socket.uncork()
      const keep = !complete || database.isInTransaction()
      if (keep) idleTimer = setTimeout(() => socket.destroy(), idleInTransactionMs).unref()
      return { keep }
    })

  const handle = async (unit: WireUnit): Promise<void> => {
    if (unit.kind === 'encryption-request') send(Buffer.from('N'))
    else if (unit.kind === 'query') await run(unit.bytes, unit.complete)
    // Whoever greets us with what the database cannot take is sent away; it concerns no other client.
    else if (unit.kind === 'startup') await run(unit.bytes, true).catch(() => socket.destroy())
    else socket.end()
  }

  return {
    receive: (chunk: Uint8Array) => {
      for (const unit of splitter.push(chunk)) last = last.then(() => handle(unit))
      last = last.catch(onFatal)
    },
    end: async () => {
      clearTimeout(idleTimer)
      await last
      if (turns.holds(owner)) await turns.run(owner, () => execute(database, 'ROLLBACK'))
    },
  }
}
