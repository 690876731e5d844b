// What the admin API takes for a new key. Limits and names are checked by access/ itself; here only types.

import type { NewKey } from '../access/index.js'
import { type FieldRules, type Fields, isListOf, isText, number, rule, wholeNumber } from './check-fields.js'
import { gatewayError } from './messages.js'

const text = rule('a text', '文字', isText)
const texts = rule('a list of texts', '文字的清單', isListOf(isText))
const limit = wholeNumber(0, Number.MAX_SAFE_INTEGER)
const time = rule(
  'a time in ISO 8601',
  'ISO 8601 時間',
  (value) => isText(value) && !Number.isNaN(Date.parse(value)),
)

export const keyRules: FieldRules = {
  required: { name: text },
  optional: {
    tenant: text,
    groups: texts,
    routes: texts,
    requestsPerMinute: limit,
    tokensPerMinute: limit,
    monthlyBudgetUsd: number(0, Number.MAX_VALUE),
    expiresAt: time,
  },
  isClosed: true,
}

/** A year: who needs two secrets for longer needs two keys. */
const maxOverlapSeconds = 366 * 24 * 3600

export const rotationRules: FieldRules = {
  optional: { overlapSeconds: number(0, maxOverlapSeconds) },
  isClosed: true,
}

/**
 * @param fields as `keyRules` accepts them
 * @param known the routes that exist
 * @throws gateway.route-unknown
 */
export const newKeyOf = (fields: Fields, known: readonly string[]): NewKey => {
  const unknown = ((fields.routes ?? []) as readonly string[]).find((route) => !known.includes(route))
  if (unknown !== undefined)
    throw gatewayError('gateway.route-unknown', { field: 'routes', route: unknown, known })
  const { tenant, expiresAt, ...rest } = fields
  return {
    ...(rest as unknown as NewKey),
    tenant: isText(tenant) ? tenant : 'default',
    expiresAt: isText(expiresAt) ? new Date(expiresAt) : null,
  }
}
