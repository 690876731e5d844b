// Writes a request of Gemini's generateContent, with `model` and `stream` in it: the API wants both in its path, and
// refuses them in the body. Differences to what came in, when nothing was edited: names are in camel case; nulls and
// the role of the system instruction are left out; neighbouring contents of the model are one; all function
// declarations that follow each other share one tool; a call without arguments has empty ones.

import type { ChatRequest, Message, ResponseFormat } from '../contract.js'
import { compact, type Fields, isEmpty, objectOf } from './fields.js'
import { expressible, notExpressible } from './foreign-fields.js'
import { schemaOrigin } from './gemini-schema.js'
import { writeWishes } from './gemini-wishes.js'
import { createPartWriter, type WritePart } from './gemini-write-parts.js'
import { writeToolConfig, writeTools } from './gemini-write-tools.js'
import { signFirstCall } from './thought-signature.js'

const dialect = 'gemini'

export const encodeRequest = (given: ChatRequest): Record<string, unknown> => {
  const wishes = writeWishes(given)
  const request = expressible(wishes.request, dialect)
  const isOwn = request.dialect === dialect
  const { generationConfig, toolConfig, ...extra } = request.extra
  const systemCount = countLeadingSystem(request.messages)
  const writePart = createPartWriter(request.messages, isOwn)
  const system = request.messages.slice(0, systemCount)
  const turns = request.messages.slice(systemCount)
  return {
    ...extra,
    model: request.model,
    ...(request.stream && { stream: true }),
    ...(system.length > 0 && { systemInstruction: writeSystem(system, writePart) }),
    contents: (isOwn ? turns : mergeTurns(turns)).flatMap((message) =>
      writeContent(message, {
        isOwn,
        writePart,
        model: request.model,
        at: `messages[${request.messages.indexOf(message)}]`,
      }),
    ),
    ...compact({
      tools: request.tools && writeTools(request.tools),
      toolConfig: writeToolConfig(request, objectOf(toolConfig) ?? {}),
      generationConfig: writeGenerationConfig(request, { ...objectOf(generationConfig), ...wishes.config }),
    }),
  }
}

const isSystem = ({ role }: Message) => role === 'system' || role === 'developer'

const countLeadingSystem = (messages: readonly Message[]) => {
  const end = messages.findIndex((message) => !isSystem(message))
  return end < 0 ? messages.length : end
}

/** Plain texts become one part, as they become one string elsewhere. */
const writeSystem = (messages: readonly Message[], writePart: WritePart) => {
  const parts = messages.flatMap((message) => message.parts)
  const isPlain = parts.every((part) => part.type === 'text' && part.extra === undefined)
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
  return { ...messages[0]?.extra, parts: isPlain ? [{ text }] : parts.map((part) => writePart(part)) }
}

/** Other dialects give calls or results of one turn as messages of their own; here each turn is one content. */
const mergeTurns = (messages: readonly Message[]): readonly Message[] => {
  const merged: Message[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    const isSameTurn = message.role === last?.role && (last.role === 'assistant' || last.role === 'tool')
    if (last && isSameTurn) merged[merged.length - 1] = { ...last, parts: [...last.parts, ...message.parts] }
    else merged.push(message)
  }
  return merged
}

interface ContentPlace {
  readonly isOwn: boolean
  readonly writePart: WritePart
  readonly model: string
  readonly at: string
}

/** A turn that says nothing here, such as one of reasoning that only its server can read, is no content. */
const writeContent = (
  message: Message,
  { isOwn, writePart, model, at }: ContentPlace,
): readonly unknown[] => {
  if (isSystem(message)) return [writePassages(message) ?? notExpressible(`${at}.role`, dialect)]
  const role = message.role === 'assistant' ? 'model' : message.role === 'tool' && isOwn ? 'function' : 'user'
  const said = isOwn
    ? message.parts
    : message.parts.filter((part) => part.type !== 'reasoning' || part.text !== '')
  if (said.length === 0 && message.parts.length > 0) return []
  const parts = said.map((part) => writePart(part))
  return [{ ...message.extra, role, parts: isOwn ? parts : signFirstCall(parts, model) }]
}

/** Passages that stand before the question they were found for; no other system message may stand among the turns. */
const writePassages = ({ parts }: Message): Fields | undefined => {
  const texts = parts.flatMap((part) =>
    part.type === 'text' && part.source === 'retrieved' ? [part.text] : [],
  )
  return texts.length === parts.length ? { role: 'user', parts: [{ text: texts.join('\n\n') }] } : undefined
}

const writeGenerationConfig = (request: ChatRequest, rest: Fields): Fields | undefined => {
  const { logprobs } = request
  const config = {
    ...rest,
    ...compact({
      temperature: request.temperature,
      topP: request.topP,
      maxOutputTokens: request.maxOutputTokens,
      stopSequences: request.stop,
      seed: request.seed,
      candidateCount: request.choices,
      responseLogprobs: logprobs && true,
      logprobs: logprobs && logprobs.top > 0 ? logprobs.top : undefined,
    }),
    ...(request.responseFormat && writeFormat(request.responseFormat, request.dialect === dialect)),
  }
  return isEmpty(config) ? undefined : config
}

const writeFormat = (format: ResponseFormat, isOwn: boolean): Fields => {
  if (format.type === 'text') return isOwn ? { responseMimeType: 'text/plain' } : {}
  if (format.type === 'json') return { responseMimeType: 'application/json' }
  const { description, ...others } = (format.extra ?? {}) as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) notExpressible(`response_format.json_schema.${unknown}`, dialect)
  const origin = schemaOrigin(format.schema)
  return {
    responseMimeType: 'application/json',
    ...(origin === undefined
      ? { responseJsonSchema: describe(format.schema, description) }
      : { responseSchema: origin }),
  }
}

/** What is said about the schema goes into it. */
const describe = (schema: unknown, description: unknown): unknown => {
  const fields = objectOf(schema)
  return fields && typeof description === 'string' && fields.description === undefined
    ? { description, ...fields }
    : schema
}
