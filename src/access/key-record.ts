// A virtual key as everybody may see it, and what a new one must satisfy. Knows no secret and no database.

import { accessError } from './messages.js'

export interface KeyRecord {
  readonly id: string
  /** Unique among the tenant's keys in force. */
  readonly name: string
  readonly tenant: string
  /** Groups of the caller, for access to documents. */
  readonly groups: readonly string[]
  /** Routes the key may use; null = all. */
  readonly routes: readonly string[] | null
  /** Limits; null = the default of architecture.yaml, 0 = none. */
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  readonly monthlyBudgetUsd: number | null
  readonly createdAt: Date
  /** Null = never. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** What a new key is made of. */
export interface NewKey {
  readonly name: string
  readonly tenant: string
  readonly groups?: readonly string[]
  readonly routes?: readonly string[] | null
  readonly requestsPerMinute?: number | null
  readonly tokensPerMinute?: number | null
  readonly monthlyBudgetUsd?: number | null
  readonly expiresAt?: Date | null
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** The largest whole number that is exact everywhere it is stored. */
const maxLimit = Number.MAX_SAFE_INTEGER

/**
 * The record of a new key.
 * @throws `access.name-invalid` | `access.limit-invalid` | `access.expiry-past`
 */
export const createRecord = (key: NewKey, id: string, nowMs: number): KeyRecord => {
  checkName('name', key.name)
  checkName('tenant', key.tenant)
  for (const group of key.groups ?? []) checkName('group', group)
  for (const route of key.routes ?? []) checkName('route', route)
  checkLimit('requestsPerMinute', key.requestsPerMinute, Number.isSafeInteger)
  checkLimit('tokensPerMinute', key.tokensPerMinute, Number.isSafeInteger)
  checkLimit('monthlyBudgetUsd', key.monthlyBudgetUsd, Number.isFinite)
  const expiresAt = key.expiresAt ?? null
  if (expiresAt !== null && !(expiresAt.getTime() > nowMs))
    throw accessError('access.expiry-past', { expiresAt: timeText(expiresAt) })
  return {
    id,
    name: key.name,
    tenant: key.tenant,
    groups: [...new Set(key.groups ?? [])],
    routes: key.routes ? [...new Set(key.routes)] : null,
    requestsPerMinute: key.requestsPerMinute ?? null,
    tokensPerMinute: key.tokensPerMinute ?? null,
    monthlyBudgetUsd: key.monthlyBudgetUsd ?? null,
    createdAt: new Date(nowMs),
    expiresAt,
    revokedAt: null,
  }
}

/** Why a key is not in force; undefined when it is. */
export const endOf = (record: KeyRecord, nowMs: number): 'revoked' | 'expired' | undefined => {
  if (record.revokedAt !== null) return 'revoked'
  return record.expiresAt !== null && record.expiresAt.getTime() <= nowMs ? 'expired' : undefined
}

const checkName = (field: string, value: string) => {
  if (!namePattern.test(value)) throw accessError('access.name-invalid', { field, value })
}

const checkLimit = (
  field: string,
  value: number | null | undefined,
  isAllowed: (value: number) => boolean,
) => {
  if (value === null || value === undefined) return
  if (!isAllowed(value) || value < 0 || value > maxLimit)
    throw accessError('access.limit-invalid', { field, value })
}

const timeText = (time: Date) => (Number.isNaN(time.getTime()) ? 'an unreadable time' : time.toISOString())
