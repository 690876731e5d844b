// What is given to a model that is to sum up a conversation, and what stays of it beside the summary.

import { type Fields, isListOf, isObject, isText } from '../check-fields.js'

const task =
  'Sum up the conversation above, so that it can go on from your summary alone. Keep what the user asked for, what was ' +
  'decided and found out, names, figures, code and quotations that are still needed, and what is left to do. Write in ' +
  'the language of the conversation. Answer with the summary and nothing else.'

/** Calls that wait for their results: whoever has these must be able to give them. */
export const openCalls = (items: readonly Fields[]): readonly Fields[] => {
  const answered = new Set(items.filter(isOutput).map(({ call_id }) => call_id))
  return items.filter((item) => item.type === 'function_call' && !answered.has(item.call_id))
}

/** The conversation without reasoning, its tool calls told in words: no model then misses their tools. */
export const summaryInput = (items: readonly Fields[]): readonly Fields[] => {
  const open = new Set(openCalls(items))
  const told = items.filter((item) => !open.has(item) && item.type !== 'reasoning').map(inWords)
  return [...told, { type: 'message', role: 'user', content: task }]
}

const isOutput = ({ type }: Fields) => type === 'function_call_output'

const inWords = (item: Fields): Fields => {
  if (item.type === 'function_call')
    return { type: 'message', role: 'assistant', content: `[called ${item.name} with ${item.arguments}]` }
  if (!isOutput(item)) return item
  return { type: 'message', role: 'user', content: withLabel(item.output) }
}

const label = '[result of the call]'

const withLabel = (output: unknown): unknown => {
  if (isListOf(isObject)(output)) return [{ type: 'input_text', text: label }, ...(output as Fields[])]
  return `${label} ${isText(output) ? output : ''}`
}
