// The chat template that a model brings, rendered to a prompt. Marks of the model's own (such as <|im_end|>) that
// stand in a message are told apart from those of the template, so that no message can open another turn.

import { Template } from '@huggingface/jinja'
import { llmError } from '../messages.js'
import { type TemplateInput, withoutSystemRole } from './template-messages.js'

/** A piece of a prompt; `isLiteral`: it says a mark without meaning it. */
export interface PromptPiece {
  readonly text: string
  readonly isLiteral: boolean
}

export interface ChatTemplate {
  /** Whether it shows tools by itself. */
  readonly hasTools: boolean
  /** @throws `llm.template-refused` when it does not take these messages */
  render(input: TemplateInput): readonly PromptPiece[]
}

export interface ChatTemplateOptions {
  readonly deployment: string
  /** Jinja, as it stands in the model's file. */
  readonly source: string
  readonly bos: string
  readonly eos: string
  /** Texts of the tokens that steer the model. */
  readonly marks: readonly string[]
}

/** Marks inside messages travel through the template as characters for private use, which no template treats. */
const firstStandIn = 0xf0000
const mostStandIns = 0xfffd

export const createChatTemplate = (options: ChatTemplateOptions): ChatTemplate => {
  const template = new Template(options.source)
  const { protect, reveal } = createMarkGuard(options.marks)
  const render = (input: TemplateInput) =>
    template.render({
      ...(protect(input) as TemplateInput),
      add_generation_prompt: true,
      bos_token: options.bos,
      eos_token: options.eos,
    })
  return {
    hasTools: /\btools\b/.test(options.source),
    render: (input) => {
      try {
        return reveal(render(input))
      } catch (cause) {
        const detail = (cause as Error).message
        try {
          return reveal(render({ ...input, messages: withoutSystemRole(input.messages) }))
        } catch {
          // The first refusal speaks of the messages as they came.
          throw llmError('llm.template-refused', { deployment: options.deployment, detail }, { cause })
        }
      }
    },
  }
}

const createMarkGuard = (marks: readonly string[]) => {
  const known = marks
    .filter((mark) => mark.trim() !== '')
    .toSorted((a, b) => b.length - a.length)
    .slice(0, mostStandIns)
  const indexes = new Map(known.map((mark, i) => [mark, i]))
  const pattern = known.length > 0 ? new RegExp(known.map(escapeForPattern).join('|'), 'g') : undefined
  const standInOf = (mark: string) => String.fromCodePoint(firstStandIn + (indexes.get(mark) ?? 0))

  const protect = (value: unknown): unknown => {
    if (typeof value === 'string') return pattern ? value.replace(pattern, standInOf) : value
    if (Array.isArray(value)) return value.map(protect)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [protect(key), protect(inner)]))
  }
  const reveal = (text: string): PromptPiece[] =>
    text
      .split(/([\u{F0000}-\u{FFFFD}])/u)
      .filter((piece) => piece !== '')
      .map((piece) => {
        const mark = known[(piece.codePointAt(0) ?? 0) - firstStandIn]
        return mark === undefined ? { text: piece, isLiteral: false } : { text: mark, isLiteral: true }
      })
  return { protect, reveal }
}

const escapeForPattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
