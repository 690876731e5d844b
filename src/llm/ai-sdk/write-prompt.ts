// The messages of a request as the AI SDK's prompt. Knows no provider.

import type { Message, Part } from '../contract.js'
import { writeFailure } from '../wire/failed-result.js'
import { notExpressible } from '../wire/foreign-fields.js'
import type { ProviderMessage, ProviderPart } from './provider-model.js'
import { metadataIn } from './signature.js'
import type { FileWriter } from './write-files.js'

/** @throws `llm.request-not-expressible` naming the part */
export const writePrompt = (messages: readonly Message[], files: FileWriter): ProviderMessage[] => {
  const names = toolNames(messages)
  const firstTurn = messages.findIndex(({ role }) => !isSystemRole(role))
  return messages.map((message, i) => {
    const at = `messages[${i}].content`
    const isLeading = firstTurn < 0 || i < firstTurn
    if (isSystemRole(message.role)) return writeSystem(message, { at, isLeading })
    const parts = message.parts.map((part, k) => writePart(part, { at: `${at}[${k}]`, names, files }))
    return { role: message.role as 'user' | 'assistant' | 'tool', content: parts }
  })
}

const isSystemRole = (role: Message['role']) => role === 'system' || role === 'developer'

/** Passages among the turns stand before the question they were found for: not every provider takes a system there. */
const writeSystem = (
  { parts }: Message,
  { at, isLeading }: { readonly at: string; readonly isLeading: boolean },
): ProviderMessage => {
  const text = parts
    .map((part, k) => (part.type === 'text' ? part.text : notExpressible(`${at}[${k}]`, 'ai-sdk')))
    .join('\n\n')
  const arePassages =
    parts.length > 0 && parts.every((part) => part.type === 'text' && part.source === 'retrieved')
  return arePassages && !isLeading
    ? { role: 'user', content: [{ type: 'text', text }] }
    : { role: 'system', content: text }
}

interface Place {
  readonly at: string
  readonly names: ReadonlyMap<string, string>
  readonly files: FileWriter
}

const writePart = (part: Part, { at, names, files }: Place): ProviderPart => {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
    case 'audio':
    case 'file':
      return files.write(part, at)
    case 'reasoning': {
      const providerOptions = metadataIn(part.signature)
      return { type: 'reasoning', text: part.text, ...(providerOptions && { providerOptions }) }
    }
    case 'tool-call':
      return {
        type: 'tool-call',
        toolCallId: part.id,
        toolName: part.name,
        input: parseInput(part.arguments, at),
      }
    case 'tool-result':
      return writeToolResult(part, { at, names, files })
    case 'item':
      return notExpressible(at, 'ai-sdk')
  }
}

const writeToolResult = (
  part: Extract<Part, { readonly type: 'tool-result' }>,
  { at, names, files }: Place,
): ProviderPart => {
  const isText = part.content.every(({ type }) => type === 'text')
  const output = isText
    ? {
        type: part.isError ? ('error-text' as const) : ('text' as const),
        value: part.content.map((inner) => (inner.type === 'text' ? inner.text : '')).join('\n\n'),
      }
    : {
        type: 'content' as const,
        value: writeFailure(part).map((inner, k) => writeInResult(inner, `${at}.content[${k}]`, files)),
      }
  return { type: 'tool-result', toolCallId: part.id, toolName: names.get(part.id) ?? '', output }
}

const writeInResult = (part: Part, at: string, files: FileWriter): unknown => {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image' || part.type === 'file' || part.type === 'audio')
    return files.writeInResult(part, at)
  return notExpressible(at, 'ai-sdk')
}

const parseInput = (text: string, at: string): unknown => {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return notExpressible(`${at}.arguments`, 'ai-sdk')
  }
}

/** A result names its tool there; here it names only the call. */
const toolNames = (messages: readonly Message[]): ReadonlyMap<string, string> =>
  new Map(
    messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'tool-call' ? [[part.id, part.name] as const] : [])),
    ),
  )
