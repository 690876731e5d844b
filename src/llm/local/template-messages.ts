// A request's messages and tools in the form that chat templates read: OpenAI's, with arguments as objects. Where a
// template knows no tools, they are told and answered in words, as Hermes models expect it.

import type { ChatRequest, Message, Part, Tool } from '../contract.js'
import { llmError } from '../messages.js'
import { fieldsIn } from '../wire/fields.js'
import { toolCallClosing, toolCallOpening } from './tool-call-reader.js'

export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly tool_calls?: readonly unknown[]
  readonly tool_call_id?: string
  readonly name?: string
}

export interface TemplateInput {
  readonly messages: readonly TemplateMessage[]
  /** Absent where the template knows no tools, or none are offered. */
  readonly tools?: readonly unknown[]
}

/**
 * @param tools those that may be called
 * @param inTemplate whether the template shows tools by itself
 * @throws `llm.request-not-expressible` for what is no text
 */
export const templateInput = (
  messages: ChatRequest['messages'],
  { tools, inTemplate }: { tools: readonly Tool[]; inTemplate: boolean },
): TemplateInput => {
  const names = new Map<string, string>()
  const converted = messages.flatMap((message) => convert(message, { names, inTemplate }))
  if (tools.length === 0) return { messages: converted }
  const described = tools.map(describeTool)
  if (inTemplate) return { messages: converted, tools: described }
  return { messages: withInstructions(converted, toolInstructions(described)) }
}

interface Context {
  /** Names of the calls so far, by their id; results are told which call they answer. */
  readonly names: Map<string, string>
  readonly inTemplate: boolean
}

const convert = (message: Message, context: Context): TemplateMessage[] => {
  const results = message.parts.filter((part) => part.type === 'tool-result')
  const calls = message.parts.filter((part) => part.type === 'tool-call')
  for (const call of calls) context.names.set(call.id, call.name)
  const answered = results.map((result) => resultMessage(result, context))
  const rest = message.parts.filter((part) => part.type !== 'tool-result' && part.type !== 'tool-call')
  if (results.length > 0 && rest.length === 0) return answered
  const content = textOf(rest)
  if (calls.length === 0) return [...answered, { role: roleOf(message), content }]
  if (!context.inTemplate)
    return [
      ...answered,
      { role: 'assistant', content: [content, ...calls.map(callText)].filter(Boolean).join('\n') },
    ]
  return [...answered, { role: 'assistant', content, tool_calls: calls.map(callEntry) }]
}

const roleOf = ({ role }: Message): TemplateMessage['role'] => (role === 'developer' ? 'system' : role)

const textOf = (parts: readonly Part[]): string =>
  parts
    .map((part) => {
      if (part.type === 'text') return part.text
      if (part.type === 'reasoning') return ''
      throw llmError('llm.request-not-expressible', {
        field: `messages[].content (${part.type})`,
        dialect: 'a local model',
      })
    })
    .join('')

type Call = Extract<Part, { type: 'tool-call' }>

const callEntry = ({ id, name, arguments: text }: Call) => ({
  id,
  type: 'function',
  function: { name, arguments: fieldsIn(text) ?? text },
})

const callText = ({ name, arguments: text }: Call) =>
  `${toolCallOpening}\n{"name": ${JSON.stringify(name)}, "arguments": ${text || '{}'}}\n${toolCallClosing}`

const resultMessage = (
  { id, content }: Extract<Part, { type: 'tool-result' }>,
  { names, inTemplate }: Context,
): TemplateMessage => {
  const text = textOf(content)
  const name = names.get(id)
  if (!inTemplate) return { role: 'user', content: `<tool_response>\n${text}\n</tool_response>` }
  return { role: 'tool', content: text, tool_call_id: id, ...(name !== undefined && { name }) }
}

const describeTool = ({ name, description, parameters }: Tool) => ({
  type: 'function',
  function: { name, ...(description !== undefined && { description }), parameters: parameters ?? {} },
})

/** Hermes' instruction, in short. */
const toolInstructions = (tools: readonly unknown[]): string =>
  [
    'You may call functions to answer the user. Their signatures stand within <tools></tools>:',
    '<tools>',
    ...tools.map((tool) => JSON.stringify(tool)),
    '</tools>',
    `To call one, answer with a JSON object within ${toolCallOpening}${toolCallClosing}:`,
    toolCallOpening,
    '{"name": <function name>, "arguments": <arguments object>}',
    toolCallClosing,
  ].join('\n')

const withInstructions = (messages: readonly TemplateMessage[], text: string): TemplateMessage[] => {
  const [first, ...rest] = messages
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${text}` }, ...rest]
    : [{ role: 'system', content: text }, ...messages]
}

/** The messages without a system role, for templates that refuse it: its text opens the first turn of the user. */
export const withoutSystemRole = (messages: readonly TemplateMessage[]): readonly TemplateMessage[] => {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const others = messages.filter(({ role }) => role !== 'system')
  const at = others.findIndex(({ role }) => role === 'user')
  if (system.length === 0 || at < 0) return messages
  return others.map((message, i) =>
    i === at ? { ...message, content: [...system, message.content].join('\n\n') } : message,
  )
}
