// Writes the parts of a Gemini request. A result is written with the name of its function, which other dialects leave
// to the call it answers. The name of a file of another dialect is left out: the API has no place for it.

import type { Extra, Message, Part } from '../contract.js'
import { parseDataUrl } from './data-url.js'
import { type Fields, fieldsIn, objectOf, stringOf } from './fields.js'
import { notExpressible } from './foreign-fields.js'

const dialect = 'gemini'

export type WritePart = (part: Part) => unknown

/** @param isOwn whether the request came in this dialect */
export const createPartWriter = (messages: readonly Message[], isOwn: boolean): WritePart => {
  const names = new Map(
    messages
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.type === 'tool-call' ? [[part.id, part.name] as const] : [])),
  )
  return (part) => {
    switch (part.type) {
      case 'text':
        return { ...part.extra, text: part.text }
      case 'reasoning':
        return {
          ...part.extra,
          text: part.text,
          thought: true,
          // A signature can be read only by the server that made it.
          ...(isOwn && part.signature !== undefined && { thoughtSignature: part.signature }),
        }
      case 'tool-call':
        return writeCall(part, isOwn)
      case 'tool-result':
        return writeResult(part, stringOf(part.extra?.functionName) ?? names.get(part.id))
      case 'file':
        return writeFile(part, isOwn)
      case 'item':
        return part.value
      default:
        return writeMedia(part)
    }
  }
}

/** Without marks, and with the fields of the part's content apart. */
const split = (
  extra: Extra | undefined,
  field: string,
): { readonly outer: Fields; readonly inner: Fields } => {
  const { id: _id, field: _field, functionName: _name, [field]: inner, ...outer } = extra ?? {}
  return { outer, inner: objectOf(inner) ?? {} }
}

/** A null among the marks says that there was no id. */
const idOf = ({ id, extra }: { readonly id: string; readonly extra?: Extra }) =>
  extra?.id === null ? {} : { id }

const writeCall = (part: Extract<Part, { readonly type: 'tool-call' }>, isOwn: boolean) => {
  const { outer, inner } = split(part.extra, 'functionCall')
  const args = fieldsIn(part.arguments === '' ? '{}' : part.arguments)
  if (!args) return notExpressible('tool_calls.arguments', dialect)
  const signature = isOwn || part.signature === undefined ? {} : { thoughtSignature: part.signature }
  return { ...outer, functionCall: { ...inner, ...idOf(part), name: part.name, args }, ...signature }
}

const writeResult = (part: Extract<Part, { readonly type: 'tool-result' }>, name: string | undefined) => {
  if (name === undefined) return notExpressible('tool_call_id', dialect)
  const { outer, inner } = split(part.extra, 'functionResponse')
  const texts = part.content.filter((one) => one.type === 'text')
  const media = part.content.filter((one) => one.type !== 'text').map(writeResultPart)
  const text = texts.map((one) => one.text).join('\n\n')
  const response = {
    ...inner,
    ...idOf(part),
    name,
    response: writeResponse(text, part),
    ...(media.length > 0 && { parts: media }),
  }
  return { ...outer, functionResponse: response }
}

/** A JSON object is the response itself; any other text is its output, or its error. */
const writeResponse = (text: string, { isError, extra }: Extract<Part, { readonly type: 'tool-result' }>) => {
  if (isError) return { error: text }
  return (extra?.field === 'output' ? undefined : fieldsIn(text)) ?? { output: text }
}

const writeResultPart = (part: Part): unknown => {
  if (part.type === 'item') return part.value
  if (part.type === 'file') return writeFile(part, false)
  return part.type === 'image' || part.type === 'audio'
    ? writeMedia(part)
    : notExpressible(part.type, dialect)
}

const writeMedia = (part: Extract<Part, { readonly type: 'image' | 'audio' }>): Fields => {
  if (part.type === 'audio')
    return writeInline(part.extra, { mediaType: `audio/${part.format}`, data: part.data })
  const inline = parseDataUrl(part.url)
  if (inline) return writeInline(part.extra, inline)
  const { outer, inner } = split(part.extra, 'fileData')
  const mimeType = part.mediaType === undefined ? {} : { mimeType: part.mediaType }
  return { ...outer, fileData: { ...inner, ...mimeType, fileUri: part.url } }
}

const writeInline = (
  extra: Extra | undefined,
  { mediaType, data }: { readonly mediaType: string; readonly data: string },
): Fields => {
  const { outer, inner } = split(extra, 'inlineData')
  return { ...outer, inlineData: { ...inner, mimeType: mediaType, data } }
}

const writeFile = (part: Extract<Part, { readonly type: 'file' }>, isOwn: boolean): Fields => {
  if (part.id !== undefined) return notExpressible('file_id', dialect)
  const inline = part.data === undefined ? undefined : parseDataUrl(part.data)
  if (!inline) return notExpressible('file', dialect)
  const name = isOwn && part.name !== undefined ? { inlineData: { displayName: part.name } } : {}
  return writeInline({ ...part.extra, ...mergeName(part.extra, name) }, inline)
}

const mergeName = (extra: Extra | undefined, name: Fields): Fields =>
  'inlineData' in name ? { inlineData: { ...objectOf(extra?.inlineData), ...objectOf(name.inlineData) } } : {}
