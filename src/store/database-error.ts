// Turns what the driver reports into the store's errors. Errors of statements (a constraint, wrong SQL) are left
// as they are, with their SQLSTATE in `code`. Knows no statement.

import type { PoolConfig } from 'pg'
import { ArchitectError } from '../core/index.js'
import { storeError } from './messages.js'

/** How a connection is named to people; never with its password. */
export const addressOf = (connection: PoolConfig): string => {
  const parsed = connection.connectionString ? URL.parse(connection.connectionString) : null
  const named = parsed?.searchParams.get('host') ?? (parsed?.hostname || connection.host) ?? 'localhost'
  const host = decodeURIComponent(named)
  return host.startsWith('/') ? host : `${host}:${parsed?.port || connection.port || 5432}`
}

const userOf = (connection: PoolConfig): string => {
  const parsed = connection.connectionString ? URL.parse(connection.connectionString) : null
  return decodeURIComponent(parsed?.username || connection.user || '(default)')
}

const databaseOf = (connection: PoolConfig): string => {
  const parsed = connection.connectionString ? URL.parse(connection.connectionString) : null
  return decodeURIComponent(parsed?.pathname.slice(1) || connection.database || userOf(connection))
}

/** SQLSTATEs after which the server cannot be used for now: PostgreSQL 18 manual, appendix A. */
const unavailableStates = /^(08...|57P0[1-4]|53300)$/
/** Node's error codes of a connection that was not made or broke. */
const networkCodes = /^(ECONN|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|EACCES)/
/** What `pg` 8.23 and `pg-pool` say without a code. */
const connectionLost = /^(Connection terminated|Client has encountered a connection error|Client was closed)/
const poolExhausted = /^timeout exceeded when trying to connect/

/**
 * @returns the store's error for failures of the connection (`retryable` where waiting may help), otherwise the
 * error itself
 */
export const databaseError = (error: unknown, connection: PoolConfig): unknown => {
  if (error instanceof ArchitectError || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const address = addressOf(connection)
  // A failed connection to a name with several addresses is an AggregateError without a message of its own.
  const detail = error.message || code
  if (code === '28P01' || code === '28000' || error.message.includes('client password must be a string'))
    return storeError('store.access-refused', { address, user: userOf(connection), detail }, { cause: error })
  if (code === '3D000')
    return storeError(
      'store.database-missing',
      { address, database: databaseOf(connection) },
      { cause: error },
    )
  if (poolExhausted.test(error.message)) {
    const waitedMs = connection.connectionTimeoutMillis ?? 0
    return storeError('store.busy', { waitedMs }, { cause: error, retryable: true })
  }
  if (unavailableStates.test(code) || networkCodes.test(code) || connectionLost.test(error.message))
    return storeError('store.unreachable', { address, detail }, { cause: error, retryable: true })
  return error
}
