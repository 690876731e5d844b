// Reads the tools of a Gemini request. A tool here is a set of function declarations, or one of the API's own tools;
// each declaration becomes a tool of ours, and each tool of the API's an item.

import type { ChatRequest, Tool } from '../contract.js'
import {
  compact,
  type Fields,
  isEmpty,
  listOf,
  objectOf,
  requireList,
  requireObject,
  restOf,
  stringOf,
} from './fields.js'
import { readNames } from './gemini-names.js'
import { readSchema } from './gemini-schema.js'

const dialect = 'gemini'

const toolNames = new Set(['functionDeclarations'])
const declarationNames = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** @throws `llm.request-unreadable` */
export const readTools = (value: unknown): readonly Tool[] =>
  requireList(value, 'tools').flatMap((entry, i) => {
    const fields = readNames(requireObject(entry, `tools[${i}]`), toolNames, `tools[${i}].`)
    const { functionDeclarations, ...own } = fields
    const functions = listOf(functionDeclarations).map((declaration, k) =>
      readDeclaration(declaration, `tools[${i}].functionDeclarations[${k}]`),
    )
    const [name = ''] = Object.keys(own)
    return isEmpty(own)
      ? functions
      : [...functions, { name, parameters: null, item: { dialect, value: own } }]
  })

const readDeclaration = (value: unknown, at: string): Tool => {
  const given = requireObject(value, at)
  const fields = readNames(given, declarationNames, `${at}.`)
  const name = stringOf(fields.name)
  const { parameters: own, parametersJsonSchema: json } = fields
  // Two schemas of one function are left for the engine to judge.
  if (name === undefined || (own !== undefined && json !== undefined))
    return { name: name ?? '', parameters: null, item: { dialect, value: { functionDeclarations: [value] } } }
  const extra = restOf(fields, declarationNames)
  return compact({
    name,
    description: stringOf(fields.description),
    parameters: (own === undefined ? json : readSchema(own)) ?? null,
    extra: isEmpty(extra) ? undefined : extra,
  })
}

const configNames = new Set(['functionCallingConfig'])
const callingNames = new Set(['mode', 'allowedFunctionNames'])

interface ToolConfig {
  readonly choice: ChatRequest['toolChoice']
  /** Mode VALIDATED: calls have to follow their schemas, which other dialects ask of each tool. */
  readonly isValidated: boolean
  /** What is left, for the engine. */
  readonly rest: Fields
}

/** @throws `llm.request-unreadable` */
export const readToolConfig = (value: unknown): ToolConfig => {
  const given = value === undefined ? {} : requireObject(value, 'toolConfig')
  const fields = readNames(given, configNames, 'toolConfig.')
  const at = 'toolConfig.functionCallingConfig'
  const calling = readNames(objectOf(fields.functionCallingConfig) ?? {}, callingNames, `${at}.`)
  const choice = readChoice(calling)
  const isValidated = calling.mode === 'VALIDATED' && calling.allowedFunctionNames === undefined
  if (choice === undefined && !isValidated) return { choice, isValidated, rest: fields }
  const left = restOf(calling, callingNames)
  const rest = restOf(fields, configNames)
  return { choice, isValidated, rest: isEmpty(left) ? rest : { ...rest, functionCallingConfig: left } }
}

const readChoice = ({ mode, allowedFunctionNames: allowed }: Fields): ChatRequest['toolChoice'] => {
  const names = listOf(allowed)
  if (mode === 'AUTO' && names.length === 0) return 'auto'
  if (mode === 'NONE' && names.length === 0) return 'none'
  if (mode !== 'ANY' || names.length > 1) return undefined
  const [name] = names
  return typeof name === 'string' ? { name } : 'required'
}
