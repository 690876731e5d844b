// The items that a response has said.

import type { Item, KeptResponse } from './records.js'

export const outputItems = ({ output }: KeptResponse['response']): readonly Item[] =>
  Array.isArray(output) ? output.filter(isItem) : []

export const outputIds = (response: KeptResponse['response']): readonly string[] =>
  outputItems(response).map(({ id }) => id)

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
