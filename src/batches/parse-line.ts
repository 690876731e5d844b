// One line of an OpenAI input file: {"custom_id", "method", "url", "body"}. Whether its body is a good request, the
// endpoint says when it is asked.

import { isUtf8 } from 'node:buffer'
import type { Message } from '../core/index.js'
import { batchMessage } from './messages.js'
import type { BatchLine } from './records.js'

export type ParsedLine =
  | { readonly line: BatchLine }
  | { readonly problem: { readonly message: Message; readonly field: string | null } }

const maxCustomIdLength = 512

export const parseLine = (bytes: Buffer, endpoint: string): ParsedLine => {
  const value = jsonOf(bytes)
  if ('problem' in value) return value
  const { custom_id: customId, method, url, body } = value.fields
  if (!isCustomId(customId))
    return invalid('custom_id', `a text of 1 to ${maxCustomIdLength} characters, without U+0000`)
  if (method !== 'POST') return invalid('method', '"POST"')
  if (typeof url !== 'string') return invalid('url', `"${endpoint}"`)
  if (url !== endpoint)
    return problem(batchMessage('batches.url-mismatch', { url: url.slice(0, 100), endpoint }), 'url')
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return invalid('body', 'an object')
  return { line: { customId, body: JSON.stringify(body) } }
}

const isCustomId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  value.length <= maxCustomIdLength &&
  value.isWellFormed() &&
  !value.includes('\0')

const jsonOf = (bytes: Buffer): { readonly fields: Readonly<Record<string, unknown>> } | Problematic => {
  if (!isUtf8(bytes)) return notJson('it is not UTF-8')
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return notJson('it holds another value')
    return { fields: value as Readonly<Record<string, unknown>> }
  } catch (error) {
    return notJson(error instanceof Error ? error.message.slice(0, 200) : String(error))
  }
}

type Problematic = Extract<ParsedLine, { readonly problem: unknown }>

const problem = (message: Message, field: string | null): Problematic => ({ problem: { message, field } })
const notJson = (detail: string) => problem(batchMessage('batches.line-not-json', { detail }), null)
const invalid = (field: string, expected: string) =>
  problem(batchMessage('batches.field-invalid', { field, expected }), field)
