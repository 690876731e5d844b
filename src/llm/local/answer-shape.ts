// What shape an answer must have: the grammar that guides it, and the check that decides. A grammar is no validator.

import { llmError } from '../messages.js'
import { objectOf, unreadable } from '../wire/fields.js'
import { literal } from './gbnf.js'
import { createGrammarBuilder, type GrammarBuilder, jsonSchemaGrammar } from './json-schema-grammar.js'
import type { LlamaChatParams } from './protocol.js'
import { toolCallClosing, toolCallOpening } from './tool-call-reader.js'
import type { CompileSchema, SchemaCheck } from './validate-json.js'

type OfferedTool = NonNullable<LlamaChatParams['tools']>[number]

export interface AnswerShape {
  /** The tools that may be called. */
  readonly tools: readonly OfferedTool[]
  /** The grammar of the whole answer. */
  readonly grammar?: string
  /** The grammar from the opening mark of a tool call on, for an answer that is free before it. */
  readonly callGrammar?: string
  /** @throws `llm.answer-invalid` when a complete text is not what was asked for */
  checkText(text: string): void
  /** @throws `llm.answer-invalid` when the arguments of a call do not follow a schema that they must follow */
  checkCall(name: string, args: string): void
}

/** @throws `llm.schema-not-supported` | `llm.schema-invalid` | `llm.request-unreadable` */
export const answerShape = (params: LlamaChatParams, compileSchema: CompileSchema): AnswerShape => {
  checkTop(params.logprobs?.top ?? 0)
  const tools = offeredTools(params)
  const choice = params.toolChoice ?? 'auto'
  const isForced = tools.length > 0 && choice !== 'auto'
  const format = params.responseFormat
  const schema = format?.type === 'json-schema' ? format.schema : { type: 'object' }
  const isJson = format !== undefined && format.type !== 'text' && !isForced
  const checkJson = isJson ? compileSchema(schema) : undefined
  const checks = new Map<string, SchemaCheck>(
    tools
      .filter(({ strict }) => isForced || strict === true)
      .map(({ name, parameters }) => [name, compileSchema(argumentsSchema(parameters))]),
  )
  return {
    tools,
    ...(isForced && { grammar: callGrammar(tools, { withOpening: true }) }),
    ...(isJson && { grammar: tools.length > 0 ? callOrJson(tools, schema) : jsonSchemaGrammar(schema) }),
    ...(!isForced && !isJson && tools.length > 0 && freeCallGrammar(tools)),
    checkText: (text) => {
      if (checkJson) check(checkJson, text, 'response_format')
    },
    checkCall: (name, args) => {
      const checkArguments = checks.get(name)
      if (checkArguments) check(checkArguments, args, `tools.${name}`)
    },
  }
}

const mostLikeliest = 20

/** A vocabulary has a hundred thousand tokens: without a limit each token of an answer could bring them all. */
const checkTop = (top: number) => {
  if (Number.isInteger(top) && top >= 0 && top <= mostLikeliest) return
  unreadable('top_logprobs', `a whole number from 0 to ${mostLikeliest}`)
}

/** A call that nobody asked for is guided where it can be, and free where its schema is beyond a grammar. */
const freeCallGrammar = (tools: readonly OfferedTool[]) => {
  try {
    return { callGrammar: callGrammar(tools, { withOpening: false }) }
  } catch {
    // The call is checked when it is there, where its schema binds.
    return {}
  }
}

/** Arguments are an object, whatever a tool forgot to say. */
const argumentsSchema = (parameters: unknown) => ({ type: 'object', ...objectOf(parameters) })

const offeredTools = ({ tools = [], toolChoice }: LlamaChatParams): readonly OfferedTool[] => {
  if (toolChoice === 'none') return []
  const foreign = tools.find(({ item }) => item !== undefined)
  if (foreign)
    throw llmError('llm.request-not-expressible', {
      field: `tools.${foreign.name}`,
      dialect: 'a local model',
    })
  if (toolChoice === 'required' && tools.length === 0)
    throw llmError('llm.request-unreadable', { field: 'tools', expected: 'a list with at least one tool' })
  if (typeof toolChoice !== 'object') return tools
  const named = tools.filter(({ name }) => name === toolChoice.name)
  if (named.length === 0)
    throw llmError('llm.request-unreadable', {
      field: 'tool_choice',
      expected: 'the name of an offered tool',
    })
  return named
}

const check = (checkValue: SchemaCheck, text: string, field: string) => {
  const problem = problemOf(checkValue, text)
  if (problem !== undefined)
    throw llmError('llm.answer-invalid', { field, detail: problem }, { retryable: true })
}

const problemOf = (checkValue: SchemaCheck, text: string): string | undefined => {
  try {
    return checkValue(JSON.parse(text))
  } catch (cause) {
    return (cause as Error).message
  }
}

const callGrammar = (tools: readonly OfferedTool[], { withOpening }: { withOpening: boolean }) => {
  const builder = createGrammarBuilder()
  const call = callExpression(builder, tools)
  return builder.build(withOpening ? `${literal(toolCallOpening)} ${call}` : call)
}

const callOrJson = (tools: readonly OfferedTool[], schema: unknown) => {
  const builder = createGrammarBuilder()
  const value = builder.schema(schema)
  return builder.build(`${value} | ${literal(toolCallOpening)} ${callExpression(builder, tools)}`)
}

/** One call, from behind the opening mark to the closing one. */
const callExpression = (builder: GrammarBuilder, tools: readonly OfferedTool[]): string => {
  const calls = tools.map(
    ({ name, parameters }) =>
      `${literal(JSON.stringify(name))} ws "," ws "\\"arguments\\"" ws ":" ws ${builder.schema(argumentsSchema(parameters))}`,
  )
  return `ws "{" ws "\\"name\\"" ws ":" ws (${calls.join(' | ')}) ws "}" ws ${literal(toolCallClosing)}`
}
