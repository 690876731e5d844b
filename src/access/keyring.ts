// Virtual keys: made, revoked and rotated in the database, looked up in memory. One process writes; what others
// write is seen at the next refresh. Knows no HTTP.

import { timingSafeEqual } from 'node:crypto'
import { type Clock, createId, type Log, silentLog } from '../core/index.js'
import type { Store } from '../store/index.js'
import { createRecord, endOf, type KeyRecord, type NewKey } from './key-record.js'
import {
  endSecrets,
  insertKey,
  insertSecret,
  lockKey,
  revokeKey,
  selectKeys,
  selectSecrets,
} from './key-table.js'
import { accessError } from './messages.js'
import { accessMigrations } from './migrations.js'
import { createSecret, hashSecret, isSecret } from './secret.js'

/** A key and its secret, which nobody can show again. */
export interface IssuedKey {
  readonly secret: string
  readonly record: KeyRecord
}

export interface RotatedKey extends IssuedKey {
  /** Until when the secrets before are in force beside the new one, at the latest. */
  readonly formerUntil: Date
}

export interface Keyring {
  /** @throws `access.name-taken` | `access.name-invalid` | `access.limit-invalid` | `access.expiry-past` */
  create(key: NewKey): Promise<IssuedKey>
  /** The key of a secret in force; undefined when it is unknown, revoked or expired. Answers from memory. */
  find(secret: string): KeyRecord | undefined
  /** The key of an id, while one of its secrets is in force. Answers from memory. */
  findById(id: string): KeyRecord | undefined
  /** From here on none of the key's secrets is in force. Repeating it does nothing. @throws `access.key-unknown` */
  revoke(id: string): Promise<KeyRecord>
  /**
   * Gives a key a new secret; id, limits and spending stay.
   * @param overlapMs how long the secrets before stay in force; 0 ends them at once. Default 24 hours
   * @throws `access.key-unknown` | `access.key-not-in-force`
   */
  rotate(id: string, options?: { readonly overlapMs?: number }): Promise<RotatedKey>
  /** All keys, revoked and expired ones too, oldest first. @param tenant only this tenant's */
  list(tenant?: string): Promise<readonly KeyRecord[]>
  /** Reads the keys that other processes have changed. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface KeyringOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log?: Log
  /** How often keys are read again. Default 5,000. */
  readonly refreshIntervalMs?: number
}

interface Entry {
  readonly hash: string
  readonly record: KeyRecord
  readonly secretEndsMs: number
}

const dayMs = 24 * 3600 * 1000

/** Opens the keyring and reads all keys. @throws the store's errors */
export const createKeyring = async (options: KeyringOptions): Promise<Keyring> => {
  const { store, clock, log = silentLog, refreshIntervalMs = 5_000 } = options
  const stop = new AbortController()
  let entries: ReadonlyMap<string, Entry> = new Map()
  let reading: Promise<void> = Promise.resolve()

  const read = async () => {
    const found = await selectSecrets(store.db)
    entries = new Map(
      found.map(({ key, secret }) => [
        secret.hash,
        {
          hash: secret.hash,
          record: key,
          secretEndsMs: secret.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
        },
      ]),
    )
  }
  /** One after another, so that an older picture never replaces a newer one. */
  const refresh = (): Promise<void> => {
    const result = reading.then(read)
    // Whoever asked for this read is told of its failure; the next one is tried all the same.
    reading = result.catch(() => {})
    return result
  }
  const keepReading = async () => {
    let failed = false
    while (!stop.signal.aborted) {
      // It rejects only when it is stopped, which is looked at next.
      await clock.sleep(refreshIntervalMs, stop.signal).catch(() => {})
      if (stop.signal.aborted) return
      const error = await refresh().then(
        () => undefined,
        (cause: unknown) => ({ cause }),
      )
      if (error && !failed)
        log.warn({ err: error.cause }, 'keys could not be read again; those known stay in force')
      if (!error && failed) log.info({}, 'keys are read again')
      failed = error !== undefined
    }
  }
  const now = () => new Date(clock.wallMs())
  const isInForce = ({ record, secretEndsMs }: Entry): boolean => {
    const nowMs = clock.wallMs()
    return nowMs < secretEndsMs && endOf(record, nowMs) === undefined
  }

  await store.migrate('access', accessMigrations)
  await refresh()
  const running = keepReading()
  return {
    create: async (key) => {
      const record = createRecord(key, createId('key', clock.wallMs()), clock.wallMs())
      const secret = createSecret()
      await store.transaction((db) => insertKey(db, record, hashSecret(secret)))
      await refresh()
      return { secret, record }
    },
    find: (secret) => {
      if (!isSecret(secret)) return undefined
      const hash = hashSecret(secret)
      const entry = entries.get(hash)
      if (!entry || !timingSafeEqual(Buffer.from(entry.hash), Buffer.from(hash))) return undefined
      return isInForce(entry) ? entry.record : undefined
    },
    findById: (id) =>
      [...entries.values()].find((entry) => entry.record.id === id && isInForce(entry))?.record,
    revoke: async (id) => {
      const record = await store.transaction((db) => revokeKey(db, id, now()))
      if (!record) throw accessError('access.key-unknown', { id })
      // At once, even when the database goes away before it is read again; and once more after a read that had begun.
      const forget = () => {
        entries = new Map([...entries].filter(([, entry]) => entry.record.id !== id))
      }
      forget()
      reading = reading.then(forget)
      await refresh()
      return record
    },
    rotate: async (id, { overlapMs = dayMs } = {}) => {
      const secret = createSecret()
      const { record, formerUntil } = await store.transaction(async (db) => {
        const key = await lockKey(db, id)
        if (!key) throw accessError('access.key-unknown', { id })
        const state = endOf(key, clock.wallMs())
        if (state) throw accessError('access.key-not-in-force', { id, state })
        const endMs = Math.min(
          clock.wallMs() + overlapMs,
          key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
        )
        const at = new Date(endMs)
        await endSecrets(db, id, { at, now: now() })
        await insertSecret(db, { hash: hashSecret(secret), keyId: id, expiresAt: null })
        return { record: key, formerUntil: at }
      })
      await refresh()
      return { secret, record, formerUntil }
    },
    list: async (tenant) => {
      const records = await selectKeys(store.db)
      return tenant === undefined ? records : records.filter((record) => record.tenant === tenant)
    },
    refresh,
    close: async () => {
      stop.abort()
      await running
      await reading
    },
  }
}
