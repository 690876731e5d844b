// Reads the contents of a Gemini request. Calls and their results often come without an id: a result belongs to the
// first open call of its name, and both get an id that other dialects can use, with a mark (`id: null`) that says so.

import type { Message, Part, Source } from '../contract.js'
import { dataUrl } from './data-url.js'
import {
  compact,
  type Fields,
  isEmpty,
  objectOf,
  requireList,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'
import { readNames } from './gemini-names.js'

const dialect = 'gemini'

interface Place {
  /** The name of the content, for errors. */
  readonly at: string
  /** Where the content's own role does not count. */
  readonly role?: 'system'
}

export type ReadContent = (value: unknown, place: Place) => Message

interface Call {
  readonly id: string
  readonly name: string
  isOpen: boolean
}

const roles: Readonly<Record<string, Message['role']>> = {
  user: 'user',
  model: 'assistant',
  function: 'tool',
}

/** A reader of one request's contents, in order. */
export const createContentReader = (): ReadContent => {
  const calls: Call[] = []
  return (value, { at, role: fixed }) => {
    const fields = requireObject(value, at)
    const role = fixed ?? roles[stringOf(fields.role) ?? 'user'] ?? unreadable(`${at}.role`, 'user or model')
    const parts = requireList(fields.parts ?? [], `${at}.parts`)
    const source = role === 'system' ? 'system' : role === 'tool' ? 'tool' : 'user'
    const isAlone = parts.filter(isSpoken).length === 1
    const read = parts.map((part, i) =>
      readPart(requireObject(part, `${at}.parts[${i}]`), { at: `${at}.parts[${i}]`, source, isAlone, calls }),
    )
    const extra = restOf(fields, contentNames)
    return { role, parts: read, ...(!isEmpty(extra) && { extra }) }
  }
}

const contentNames = new Set(['role', 'parts'])

const isSpoken = (value: unknown) => {
  const part = objectOf(value)
  return typeof part?.text === 'string' && part.thought !== true
}

interface PartPlace {
  readonly at: string
  readonly source: Source
  /** Whether it is the content's only text; of several, each is marked as an object of its own. */
  readonly isAlone: boolean
  readonly calls: Call[]
}

const partNames = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
])

const readPart = (value: Fields, place: PartPlace): Part => {
  const part = readNames(value, partNames, `${place.at}.`)
  if (part.functionCall !== undefined) return readCall(part, place)
  if (part.functionResponse !== undefined) return readResult(part, place)
  const text = stringOf(part.text)
  if (text === undefined) return readMedia(part, place.at) ?? { type: 'item', dialect, value }
  if (part.thought === true) {
    const extra = restOf(part, reasoningNames)
    return compact({
      type: 'reasoning' as const,
      text,
      signature: stringOf(part.thoughtSignature),
      extra: isEmpty(extra) ? undefined : extra,
    })
  }
  const extra = restOf(part, textNames)
  return { type: 'text', text, source: place.source, ...((!place.isAlone || !isEmpty(extra)) && { extra }) }
}

const textNames = new Set(['text'])
const reasoningNames = new Set(['text', 'thought', 'thoughtSignature'])

/** The unknown fields of a part whose content sits one level deeper. */
const nest = (part: Fields, name: string, known: ReadonlySet<string>): Fields => {
  const inner = restOf(objectOf(part[name]) ?? {}, known)
  return { ...restOf(part, new Set([name])), ...(!isEmpty(inner) && { [name]: inner }) }
}

const callNames = new Set(['id', 'name', 'args'])

const readCall = (part: Fields, { at, calls }: PartPlace): Part => {
  const fields = requireObject(part.functionCall, `${at}.functionCall`)
  const given = stringOf(fields.id)
  const name = requireString(fields.name, `${at}.functionCall.name`)
  const call = { id: given ?? `call_${calls.length}`, name, isOpen: true }
  calls.push(call)
  const extra = { ...nest(part, 'functionCall', callNames), ...(given === undefined && { id: null }) }
  return compact({
    type: 'tool-call' as const,
    id: call.id,
    name,
    arguments: JSON.stringify(fields.args ?? {}),
    extra: isEmpty(extra) ? undefined : extra,
  })
}

const resultNames = new Set(['id', 'name', 'response', 'parts'])

const readResult = (part: Fields, { at, calls }: PartPlace): Part => {
  const fields = requireObject(part.functionResponse, `${at}.functionResponse`)
  const given = stringOf(fields.id)
  const name = requireString(fields.name, `${at}.functionResponse.name`)
  const call = calls.find(
    (open) => open.isOpen && (given === undefined ? open.name === name : open.id === given),
  )
  if (call) call.isOpen = false
  const response = requireObject(fields.response ?? {}, `${at}.functionResponse.response`)
  const media = requireList(fields.parts ?? [], `${at}.functionResponse.parts`).map((inner, i) =>
    readResultPart(inner, `${at}.functionResponse.parts[${i}]`),
  )
  const { text, field } = readResponse(response)
  const extra = {
    ...nest(part, 'functionResponse', resultNames),
    ...(given === undefined && { id: null }),
    ...(call?.name !== name && { functionName: name }),
    ...(field && { field }),
  }
  return compact({
    type: 'tool-result' as const,
    id: given ?? call?.id ?? `call_${calls.length}`,
    content: [{ type: 'text' as const, text, source: 'tool' as const }, ...media],
    extra: isEmpty(extra) ? undefined : extra,
  })
}

const readResultPart = (value: unknown, at: string): Part => {
  const part = requireObject(value, at)
  return readMedia(readNames(part, partNames, `${at}.`), at) ?? { type: 'item', dialect, value }
}

/** A response of one text under `output` is that text, any other is its JSON. */
const readResponse = (response: Fields): { readonly text: string; readonly field?: 'output' } => {
  const output = stringOf(response.output)
  return output !== undefined && Object.keys(response).length === 1
    ? { text: output, field: 'output' }
    : { text: JSON.stringify(response) }
}

const dataNames = new Set(['mimeType', 'data', 'displayName', 'fileUri'])

/** Bytes in the request, and images by address; a file that only the API can reach is an item. */
const readMedia = (part: Fields, at: string): Part | undefined => {
  const field = part.inlineData === undefined ? 'fileData' : 'inlineData'
  const given = objectOf(part[field])
  if (!given) return undefined
  const read = { ...part, [field]: readNames(given, dataNames, `${at}.${field}.`) }
  return field === 'inlineData' ? readInline(read) : readAddress(read)
}

const readInline = (part: Fields): Part | undefined => {
  const blob = objectOf(part.inlineData) ?? {}
  const mediaType = stringOf(blob.mimeType)
  const given = stringOf(blob.data)
  if (mediaType === undefined || given === undefined) return undefined
  const data = standardBase64(given)
  const extra = nest(part, 'inlineData', new Set(['mimeType', 'data']))
  const kept = isEmpty(extra) ? {} : { extra }
  if (mediaType.startsWith('image/'))
    return { type: 'image', url: dataUrl(mediaType, data), mediaType, ...kept }
  if (mediaType.startsWith('audio/')) return { type: 'audio', data, format: audioFormat(mediaType), ...kept }
  const name = stringOf(blob.displayName)
  const rest = nest(
    part,
    'inlineData',
    new Set(['mimeType', 'data', ...(name === undefined ? [] : ['displayName'])]),
  )
  return compact({
    type: 'file' as const,
    name,
    data: dataUrl(mediaType, data),
    extra: isEmpty(rest) ? undefined : rest,
  })
}

/** Protocol buffers take the alphabet for URLs too; data URLs do not. */
const standardBase64 = (data: string) =>
  /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data

/** As the chat dialect names formats. */
const audioFormat = (mediaType: string) => {
  const format = mediaType.slice('audio/'.length)
  return (
    new Map([
      ['mpeg', 'mp3'],
      ['x-wav', 'wav'],
      ['wave', 'wav'],
    ]).get(format) ?? format
  )
}

/** Files that were uploaded to Google, which nobody else can read. */
const storedFile = /^https:\/\/[a-z-]*generativelanguage\.googleapis\.com\//

const readAddress = (part: Fields): Part | undefined => {
  const file = objectOf(part.fileData) ?? {}
  const url = stringOf(file.fileUri)
  const mediaType = stringOf(file.mimeType)
  if (url === undefined || !/^https?:/.test(url) || storedFile.test(url)) return undefined
  if (!mediaType?.startsWith('image/')) return undefined
  const extra = nest(part, 'fileData', new Set(['mimeType', 'fileUri']))
  return compact({ type: 'image' as const, url, mediaType, extra: isEmpty(extra) ? undefined : extra })
}
