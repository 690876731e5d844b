// What lists of files and batches are asked for: `limit`, `order`, and the id that a page begins behind.

import { checkFields, rule, wholeNumber } from './check-fields.js'
import { gatewayError } from './messages.js'
import { nameOf } from './stored.js'

const order = rule('"asc" or "desc"', '"asc" 或 "desc"', (value) => value === 'asc' || value === 'desc')

export interface PageQuery {
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** What else is asked for, by its name. */
  named(field: string): string | undefined
}

/**
 * @param search the text after `?`
 * @throws gateway.field-invalid
 */
export const pageQueryOf = (
  search: string,
  { standard, most }: { readonly standard: number; readonly most: number },
): PageQuery => {
  const query = new URLSearchParams(search)
  const limit = query.get('limit') === null ? standard : Number(query.get('limit'))
  const direction = query.get('order') ?? 'desc'
  checkFields({ limit, order: direction }, { required: { limit: wholeNumber(1, most), order } })
  const named = (field: string) => {
    const given = query.get(field)
    return given === null ? undefined : nameOf(given)
  }
  return { limit, order: direction === 'asc' ? 'asc' : 'desc', named }
}

/** A page that begins behind what is not there. */
export const cursorUnknown = (field: string, id: string | undefined) =>
  gatewayError('gateway.field-invalid', {
    field,
    expected: { en: 'the id of an entry of this list', 'zh-TW': '此清單中某個項目的 id' },
    actual: { en: JSON.stringify(id?.slice(0, 40)), 'zh-TW': JSON.stringify(id?.slice(0, 40)) },
  })

/** An empty list has no first entry: '' stands for its id, since the API wants a text. */
export const openaiList = (data: readonly { readonly id: string }[], hasMore: boolean) => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? '',
  last_id: data.at(-1)?.id ?? '',
  has_more: hasMore,
})
