// The item that stands for a conversation that was compacted. What OpenAI encrypts with a key of its own is here the
// model's summary, packed: it tells its owner nothing that it has not said itself, and it is worth as much as any text
// that a user sends, so nothing has to be secret or proven. See decision 007.

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { checkFields, type Fields, isObject, isText, rule } from '../check-fields.js'

/** Names the form of what follows; that of other servers never begins so. */
const prefix = 'la1.'
const maxSummaryBytes = 10 * 1024 * 1024

export const packSummary = (summary: string): string =>
  prefix + deflateRawSync(Buffer.from(summary, 'utf8')).toString('base64url')

const unpack = (content: string): string | undefined => {
  try {
    const packed = Buffer.from(content.slice(prefix.length), 'base64url')
    const text = inflateRawSync(packed, { maxOutputLength: maxSummaryBytes }).toString('utf8')
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

/** Whether this gateway made the item. */
export const isOwnCompaction = (item: unknown): item is Fields & { readonly encrypted_content: string } =>
  isObject(item) &&
  item.type === 'compaction' &&
  isText(item.encrypted_content) &&
  item.encrypted_content.startsWith(prefix)

const asItCame = rule(
  'as this server gave it',
  '與此伺服器提供時相同的內容',
  (value) => isText(value) && unpack(value) !== undefined,
)

/** @param list the field that they stand in @throws gateway.field-invalid as `unpackCompaction` */
export const checkCompactions = (items: readonly Fields[], list: string): void => {
  for (const [i, item] of items.entries()) unpackCompaction(item, `${list}[${i}]`)
}

/**
 * The item as a message that any model can read; other items as they are.
 * @param at where it stands in the request
 * @throws gateway.field-invalid for one that was changed
 */
export const unpackCompaction = (item: Fields, at: string): Fields => {
  if (!isOwnCompaction(item)) return item
  const field = `${at}.encrypted_content`
  checkFields({ [field]: item.encrypted_content }, { required: { [field]: asItCame } })
  const summary = unpack(item.encrypted_content)
  return { type: 'message', role: 'user', content: `Summary of the conversation so far:\n\n${summary}` }
}
