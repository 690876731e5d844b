// Pages of items, newest first unless asked otherwise, as OpenAI's lists are paged: `limit`, `order`, `after`.

import type { Item } from '../../conversations/index.js'
import { checkFields, rule, wholeNumber } from '../check-fields.js'

const order = rule('"asc" or "desc"', '"asc" 或 "desc"', (value) => value === 'asc' || value === 'desc')

/**
 * @param items oldest first
 * @param search the text after `?`
 * @throws gateway.field-invalid
 */
export const pageOf = (items: readonly Item[], search: string) => {
  const query = new URLSearchParams(search)
  const limit = query.get('limit') === null ? 20 : Number(query.get('limit'))
  const direction = query.get('order') ?? 'desc'
  checkFields({ limit, order: direction }, { required: { limit: wholeNumber(1, 100), order } })
  const sorted = direction === 'asc' ? items : items.toReversed()
  const from = startOf(sorted, query.get('after'))
  return listOf(sorted.slice(from, from + limit), sorted.length > from + limit)
}

const startOf = (sorted: readonly Item[], after: string | null): number => {
  if (after === null) return 0
  const at = sorted.findIndex(({ id }) => id === after)
  const known = rule('the id of an item of this list', '此清單中某個項目的 id', () => at >= 0)
  checkFields({ after }, { required: { after: known } })
  return at + 1
}

/** An empty list has no first item: '' stands for its id, since the API wants a text. */
export const listOf = (data: readonly Item[], hasMore = false) => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? '',
  last_id: data.at(-1)?.id ?? '',
  has_more: hasMore,
})
