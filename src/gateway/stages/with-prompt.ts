// The route's own instructions, in the language of the question, before everything the client sent. Retrieved
// passages stand where the instructions say `{{context}}`; without it they stay just before the question.

import { languageOfText } from '../../core/index.js'
import { type ChatRequest, editRequest, type Message, type Part } from '../../llm/index.js'
import type { PromptDefinition } from '../../spec/index.js'
import { type Stage, withOpen } from '../call.js'
import { questionOf } from '../request-text.js'

const placeholder = '{{context}}'

export const withPrompt =
  (prompt: PromptDefinition): Stage =>
  (inner) =>
    withOpen(inner, (request, call) => inner.open(addInstructions(prompt, request), call))

const addInstructions = ({ system }: PromptDefinition, request: ChatRequest): ChatRequest => {
  const language = languageOfText(questionOf(request))
  const instructions = (language === 'zh-TW' ? system['zh-TW'] : undefined) ?? system.en
  if (!instructions.includes(placeholder))
    return editRequest(request, {
      messages: [{ role: 'system', parts: [instruction(instructions)] }, ...request.messages],
    })
  const passages = request.messages.flatMap((message) => (isRetrieval(message) ? message.parts : []))
  const [before = '', ...after] = instructions.split(placeholder)
  const parts = [instruction(before), ...passages, instruction(after.join(placeholder))].filter(
    (part) => part.type !== 'text' || part.text.trim() !== '',
  )
  const others = request.messages.filter((message) => !isRetrieval(message))
  return editRequest(request, { messages: [{ role: 'system', parts }, ...others] })
}

const instruction = (text: string): Part => ({ type: 'text', text, source: 'system' })

const isRetrieval = (message: Message) =>
  message.parts.length > 0 &&
  message.parts.every((part) => part.type === 'text' && part.source === 'retrieved')
