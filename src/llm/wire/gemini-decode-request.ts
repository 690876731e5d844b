// Reads a request of Gemini's generateContent. Its JSON value is the body with two fields more, which the API has in
// its path: `model`, and `stream` for streamGenerateContent. Names may be in camel or in snake case; unknown fields
// keep theirs.

import type { ChatRequest, Message, ResponseFormat, Wire } from '../contract.js'
import { attachOrigin } from '../identity.js'
import {
  compact,
  type Fields,
  isEmpty,
  numberOf,
  objectOf,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'
import { joinModelTurns } from './gemini-join-turns.js'
import { readNames } from './gemini-names.js'
import { createContentReader, type ReadContent } from './gemini-read-contents.js'
import { readToolConfig, readTools } from './gemini-read-tools.js'
import { readSchema } from './gemini-schema.js'

const dialect = 'gemini'

const bodyNames = new Set(['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'])

export const decodeRequest = (json: unknown, wire?: Wire): ChatRequest => {
  const body = readNames(requireObject(json, 'body'), bodyNames, '')
  const readContent = createContentReader()
  const system = readSystem(body.systemInstruction, readContent)
  const tools = body.tools === undefined ? undefined : readTools(body.tools)
  const { choice, rest: toolConfig, isValidated } = readToolConfig(body.toolConfig)
  const { settings, rest: generationConfig } = readGenerationConfig(body.generationConfig)
  const request: ChatRequest = {
    model: requireString(body.model, 'model'),
    messages: [...system, ...readMessages(body.contents, readContent)],
    stream: body.stream === true,
    ...compact({
      tools: isValidated ? tools?.map((tool) => (tool.item ? tool : { ...tool, strict: true })) : tools,
      toolChoice: choice,
    }),
    ...settings,
    extra: {
      ...restOf(body, known),
      ...(!isEmpty(toolConfig) && { toolConfig }),
      ...(!isEmpty(generationConfig) && { generationConfig }),
    },
    dialect,
  }
  return wire ? attachOrigin(request, wire) : request
}

const known = new Set([...bodyNames, 'model', 'stream'])

/** The API ignores the role of the instruction, so it is not kept. */
const readSystem = (value: unknown, readContent: ReadContent): readonly Message[] => {
  if (value === undefined) return []
  const { role: _role, ...content } = requireObject(value, 'systemInstruction')
  return [readContent(content, { at: 'systemInstruction', role: 'system' })]
}

const readMessages = (value: unknown, readContent: ReadContent): readonly Message[] => {
  if (!Array.isArray(value)) return unreadable('contents', 'a list')
  return joinModelTurns(value.map((content, i) => readContent(content, { at: `contents[${i}]` })))
}

const configNames = new Set([
  'temperature',
  'topP',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'candidateCount',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
])

/** The settings we know, and what is left. One whose value has another type than we know is left, as it came. */
const readGenerationConfig = (value: unknown) => {
  const config = value === undefined ? {} : requireObject(value, 'generationConfig')
  const fields = readNames(config, configNames, 'generationConfig.')
  const settings = compact({
    maxOutputTokens: numberOf(fields.maxOutputTokens),
    temperature: numberOf(fields.temperature),
    topP: numberOf(fields.topP),
    stop: readStop(fields.stopSequences),
    seed: numberOf(fields.seed),
    choices: readChoices(fields.candidateCount),
    responseFormat: readFormat(fields),
    logprobs: fields.responseLogprobs === true ? { top: numberOf(fields.logprobs) ?? 0 } : undefined,
  })
  const names = new Set<string>()
  for (const [setting, taken] of settingNames)
    if (setting in settings) for (const name of taken) names.add(name)
  return { settings, rest: restOf(fields, names) }
}

const settingNames = [
  ['maxOutputTokens', ['maxOutputTokens']],
  ['temperature', ['temperature']],
  ['topP', ['topP']],
  ['stop', ['stopSequences']],
  ['seed', ['seed']],
  ['choices', ['candidateCount']],
  ['responseFormat', ['responseMimeType', 'responseSchema', 'responseJsonSchema']],
  ['logprobs', ['responseLogprobs', 'logprobs']],
] as const

const readStop = (value: unknown) =>
  Array.isArray(value) && value.every((stop) => typeof stop === 'string') ? (value as string[]) : undefined

const readChoices = (value: unknown) => {
  const count = numberOf(value)
  return count === undefined || (Number.isInteger(count) && count >= 1)
    ? count
    : unreadable('generationConfig.candidateCount', 'a whole number >= 1')
}

/** Two schemas at once, or one for another type than JSON, are left for the engine to judge. */
const readFormat = (fields: Fields): ResponseFormat | undefined => {
  const { responseSchema: own, responseJsonSchema: json } = fields
  const mediaType = stringOf(fields.responseMimeType)
  if (own === undefined && json === undefined) {
    if (mediaType === 'application/json') return { type: 'json' }
    return mediaType === 'text/plain' ? { type: 'text' } : undefined
  }
  if (mediaType !== 'application/json' || (own !== undefined && json !== undefined)) return undefined
  const schema = own === undefined ? json : readSchema(own)
  return {
    type: 'json-schema',
    name: stringOf(objectOf(schema)?.title)?.replace(/\W+/g, '_') || 'output',
    schema,
  }
}
