// How the result of a failed tool call is told to an API that has no field for it: in the text that the model reads.
// Where an API has a field, as Anthropic's `is_error` and Gemini's `error`, that one is used.

import type { Part } from '../contract.js'

/** The parts of a result, the first of which says `Error` where the call failed and it does not say so itself. */
export const writeFailure = ({
  content,
  isError,
}: Extract<Part, { readonly type: 'tool-result' }>): readonly Part[] => {
  if (!isError) return content
  const [first, ...rest] = content
  if (first?.type !== 'text') return [{ type: 'text', text: 'Error', source: 'tool' }, ...content]
  return [{ ...first, text: toldText(first.text) }, ...rest]
}

const toldText = (text: string): string => {
  if (/^\s*error\b/i.test(text)) return text
  return text.trim() === '' ? 'Error' : `Error: ${text}`
}
