// Turns messages into the one text that a server without chat templates wants. Knows no server.

import type { ChatRequest, Message, Part } from '../contract.js'
import { llmError } from '../messages.js'

/** How a model was taught to see a conversation. `{role}` and `{content}` stand in `message` and are filled in. */
export interface PromptTemplate {
  /** Put before everything. Default: nothing, since servers put the token that begins a text there themselves. */
  readonly start?: string
  /** One turn. */
  readonly message: string
  /** Put after everything, so that the model speaks next. */
  readonly answer: string
  /** What the model calls who speaks, where it is not the name of the role. Default: a developer is `system`. */
  readonly roles?: { readonly [role in Message['role']]?: string | undefined } | undefined
  /** Texts at which an answer has ended; sent as stop words. */
  readonly stop: readonly string[]
  /** Texts with a meaning to the model: where a message holds one, it is broken by a space. */
  readonly markers: readonly string[]
}

/** Named after the models that brought them: ChatML is Qwen's and SmolLM's, `llama-3` that of Llama 3 and later. */
export const promptTemplates = {
  chatml: {
    message: '<|im_start|>{role}\n{content}<|im_end|>\n',
    answer: '<|im_start|>assistant\n',
    stop: ['<|im_end|>'],
    markers: ['<|im_start|>', '<|im_end|>', '<|endoftext|>'],
  },
  'llama-3': {
    message: '<|start_header_id|>{role}<|end_header_id|>\n\n{content}<|eot_id|>',
    answer: '<|start_header_id|>assistant<|end_header_id|>\n\n',
    stop: ['<|eot_id|>'],
    markers: ['<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>', '<|eom_id|>'],
  },
  gemma: {
    message: '<start_of_turn>{role}\n{content}<end_of_turn>\n',
    answer: '<start_of_turn>model\n',
    // Gemma knows two who speak.
    roles: { assistant: 'model', system: 'user', developer: 'user', tool: 'user' },
    stop: ['<end_of_turn>'],
    markers: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>'],
  },
  /** The texts alone, for models without a notion of roles. */
  plain: { message: '{content}\n', answer: '', stop: [], markers: [] },
} as const satisfies Readonly<Record<string, PromptTemplate>>

export type PromptTemplateName = keyof typeof promptTemplates

/**
 * @throws `llm.request-not-expressible` for anything but text: tools, pictures, sound, files
 * @example renderPrompt(request, promptTemplates.chatml, 'Triton generate')
 */
export const renderPrompt = (request: ChatRequest, template: PromptTemplate, dialect: string): string => {
  const turns = request.messages.map((message, i) => {
    const content = message.parts.flatMap((part, k) => textOf(part, `messages[${i}].content[${k}]`, dialect))
    return fill(template.message, roleOf(message, template), broken(content.join('\n\n'), template.markers))
  })
  return `${template.start ?? ''}${turns.join('')}${template.answer}`
}

/** In one pass, so that a text that holds `{content}` itself is left alone. */
const fill = (turn: string, role: string, content: string) =>
  turn.replace(/\{(role|content)\}/g, (_whole, name: string) => (name === 'role' ? role : content))

const roleOf = ({ role }: Message, { roles = { developer: 'system' } }: PromptTemplate): string =>
  roles[role] ?? role

/** What a model once reasoned is not shown to it again, as the models' own templates have it. */
const textOf = (part: Part, at: string, dialect: string): string[] => {
  if (part.type === 'text') return [part.text]
  if (part.type === 'reasoning') return []
  throw llmError('llm.request-not-expressible', { field: at, dialect })
}

/** No text may end its turn and speak for another role. */
const broken = (text: string, markers: readonly string[]): string =>
  markers.reduce((safe, marker) => safe.replaceAll(marker, `${marker[0]} ${marker.slice(1)}`), text)
