// Writes the tools of a Gemini request and how they may be called.

import type { ChatRequest, Tool } from '../contract.js'
import { compact, type Fields, isEmpty, objectOf } from './fields.js'
import { schemaOrigin } from './gemini-schema.js'

type Declarations = { readonly functionDeclarations: unknown[] }

/** Functions that follow each other are declared in one tool. */
export const writeTools = (tools: readonly Tool[]): readonly unknown[] => {
  const written: unknown[] = []
  let open: Declarations | undefined
  for (const tool of tools) {
    const declarations = objectOf(tool.item?.value)?.functionDeclarations
    if (tool.item && !Array.isArray(declarations)) {
      open = undefined
      written.push(tool.item.value)
      continue
    }
    if (!open) {
      open = { functionDeclarations: [] }
      written.push(open)
    }
    open.functionDeclarations.push(...(Array.isArray(declarations) ? declarations : [writeDeclaration(tool)]))
  }
  return written
}

const writeDeclaration = (tool: Tool): Fields => {
  const origin = schemaOrigin(tool.parameters)
  return {
    ...tool.extra,
    ...compact({
      name: tool.name,
      description: tool.description,
      parameters: origin,
      parametersJsonSchema: origin === undefined ? (tool.parameters ?? undefined) : undefined,
    }),
  }
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const

/** @param rest what the request's own dialect knows beside */
export const writeToolConfig = ({ tools, toolChoice }: ChatRequest, rest: Fields): Fields | undefined => {
  const calling = { ...objectOf(rest.functionCallingConfig), ...writeCalling(tools, toolChoice) }
  const config = { ...rest, ...(!isEmpty(calling) && { functionCallingConfig: calling }) }
  return isEmpty(config) ? undefined : config
}

/** A strict tool asks for mode VALIDATED, unless a mode that always follows the schemas is asked for. */
const writeCalling = (tools: readonly Tool[] = [], choice: ChatRequest['toolChoice']): Fields => {
  if (typeof choice === 'object') return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  const isStrict = tools.some((tool) => tool.strict === true)
  if (isStrict && (choice === undefined || choice === 'auto')) return { mode: 'VALIDATED' }
  return choice === undefined ? {} : { mode: modes[choice] }
}
