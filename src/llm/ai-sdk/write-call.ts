// A request as the call of an AI SDK model. What its specification has no place for is refused here, naming the field;
// what a provider has no place for it says itself, in its warnings.

import type { ChatRequest, Extra, ResponseFormat, Tool } from '../contract.js'
import { llmError } from '../messages.js'
import { compact, type Fields, numberOf, objectOf, stringOf } from '../wire/fields.js'
import { expressible, notExpressible } from '../wire/foreign-fields.js'
import type { ProviderCall, ProviderFields, ProviderModel } from './provider-model.js'
import { createFileWriter } from './write-files.js'
import { writePrompt } from './write-prompt.js'

export interface CallSettings {
  readonly deployment: string
  readonly model: ProviderModel
  /** From architecture.yaml, sent with every call. */
  readonly providerOptions?: ProviderFields
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** @throws `llm.request-not-expressible` | `llm.not-capable` naming the field */
export const writeCall = async (given: ChatRequest, settings: CallSettings): Promise<ProviderCall> => {
  const { model, providerOptions, headers, signal } = settings
  const { known, rest } = splitExtra(given)
  const request = expressible({ ...given, extra: rest, dialect: given.dialect ?? 'openai-chat' }, 'ai-sdk')
  if ((request.choices ?? 1) > 1) notExpressible('n', 'ai-sdk')
  if (request.logprobs) notExpressible('logprobs', 'ai-sdk')
  if (known.reasoning !== undefined && model.specificationVersion === 'v3')
    throw llmError('llm.not-capable', {
      deployment: settings.deployment,
      field: 'reasoning_effort',
      capability: 'this-field',
    })
  const files = createFileWriter(model, await model.supportedUrls)
  return compact({
    prompt: writePrompt(request.messages, files),
    maxOutputTokens: request.maxOutputTokens,
    temperature: request.temperature,
    topP: request.topP,
    stopSequences: request.stop,
    seed: request.seed,
    ...known,
    responseFormat: request.responseFormat && writeFormat(request.responseFormat),
    tools: request.tools && request.tools.length > 0 ? request.tools.map(writeTool) : undefined,
    toolChoice: writeToolChoice(request),
    abortSignal: signal,
    headers,
    providerOptions,
  }) as ProviderCall
}

/** What the specification has, under the names that dialects have for it. */
const extraNames: Readonly<Record<string, keyof ProviderCall>> = {
  presence_penalty: 'presencePenalty',
  presencePenalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  frequencyPenalty: 'frequencyPenalty',
  top_k: 'topK',
  topK: 'topK',
}

/** Gemini keeps its settings in a group of their own. */
const splitExtra = ({ extra }: ChatRequest): { readonly known: Fields; readonly rest: Extra } => {
  const outer = take(extra)
  const group = objectOf(extra.generationConfig)
  const inner = group && take(group)
  return {
    known: { ...outer.known, ...inner?.known },
    rest: { ...outer.rest, ...(inner && { generationConfig: isBare(inner.rest) ? null : inner.rest }) },
  }
}

const isBare = (fields: Fields) =>
  Object.values(fields).every((value) => value === undefined || value === null)

const take = (fields: Fields) => {
  const known: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const target = extraNames[name]
    const number = numberOf(value)
    const effort = effortOf(name, value)
    if (target !== undefined && number !== undefined) known[target] = number
    else if (effort !== undefined) known.reasoning = effort
    else rest[name] = value
  }
  return { known, rest }
}

/** Chat completions say `reasoning_effort`, the Responses API an object that may have no other field here. */
const effortOf = (name: string, value: unknown): string | undefined => {
  if (name === 'reasoning_effort') return stringOf(value)
  const { effort, ...others } = (name === 'reasoning' && objectOf(value)) || {}
  return isBare(others) ? stringOf(effort) : undefined
}

const writeFormat = (format: ResponseFormat): ProviderCall['responseFormat'] => {
  if (format.type === 'text') return undefined
  if (format.type === 'json') return { type: 'json' }
  const { description, ...others } = (format.extra ?? {}) as Fields
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) notExpressible(`response_format.json_schema.${unknown}`, 'ai-sdk')
  return compact({
    type: 'json' as const,
    schema: format.schema,
    name: format.name,
    description: stringOf(description),
  })
}

const writeTool = ({ name, description, parameters, strict }: Tool) =>
  compact({
    type: 'function' as const,
    name,
    description,
    inputSchema: parameters ?? { type: 'object', properties: {} },
    strict,
  })

const writeToolChoice = ({ toolChoice, tools = [] }: ChatRequest): ProviderCall['toolChoice'] => {
  if (toolChoice === undefined || tools.length === 0) return undefined
  return typeof toolChoice === 'string' ? { type: toolChoice } : { type: 'tool', toolName: toolChoice.name }
}
