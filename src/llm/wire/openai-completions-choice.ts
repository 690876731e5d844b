// A body of the completions API as one of a chat, and back: where the text of a choice stands, and how log
// probabilities are written. https://platform.openai.com/docs/api-reference/completions/object

import { type Fields, listOf, numberOf, objectOf, stringOf } from './fields.js'

/** UTF-16 units that each choice has said so far, for `text_offset`. */
export type Offsets = Map<number, number>

/** @returns a copy that may be used up */
export const asChat = (body: Fields, kind: 'delta' | 'message'): Record<string, unknown> => ({
  ...body,
  ...(Array.isArray(body.choices) && { choices: body.choices.map((choice) => chatChoice(choice, kind)) }),
})

const chatChoice = (value: unknown, kind: 'delta' | 'message'): unknown => {
  const choice = objectOf(value)
  if (!choice) return value
  const { text, logprobs, ...rest } = choice
  const read = objectOf(logprobs)
  return {
    ...rest,
    [kind]: { content: text ?? '' },
    ...(logprobs !== undefined && { logprobs: read ? { content: entriesOf(read) } : null }),
  }
}

/** The first token of an echoed prompt has no probability, which chats cannot say: it is marked. */
const entriesOf = ({ tokens, token_logprobs: logprobs, top_logprobs: tops }: Fields) =>
  listOf(tokens).map((token, i) => {
    const logprob = numberOf(listOf(logprobs)[i])
    const top = objectOf(listOf(tops)[i])
    return {
      token,
      logprob: logprob ?? 0,
      ...(logprob === undefined && { isUnknown: true }),
      ...(top && {
        top_logprobs: Object.entries(top).map(([name, value]) => ({ token: name, logprob: value })),
      }),
    }
  })

export const asCompletion = (body: Fields, offsets: Offsets): Record<string, unknown> =>
  Array.isArray(body.choices)
    ? {
        ...body,
        object: 'text_completion',
        choices: body.choices.map((choice) => completionChoice(objectOf(choice) ?? {}, offsets)),
      }
    : { ...body }

const completionChoice = (choice: Fields, offsets: Offsets): Fields => {
  const { delta, message, logprobs, finish_reason: reason, ...rest } = choice
  const said = stringOf((objectOf(delta) ?? objectOf(message))?.content) ?? ''
  const index = numberOf(choice.index) ?? 0
  const offset = offsets.get(index) ?? 0
  offsets.set(index, offset + said.length)
  const entries = objectOf(logprobs)?.content
  return {
    ...rest,
    text: said,
    logprobs: Array.isArray(entries) ? legacyLogprobs(entries, offset) : null,
    finish_reason: reason ?? null,
  }
}

const legacyLogprobs = (values: readonly unknown[], from: number): Fields => {
  const entries = values.map((value) => objectOf(value) ?? {})
  let offset = from
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob, isUnknown }) => (isUnknown ? null : logprob)),
    top_logprobs: entries.map(({ top_logprobs: tops }) =>
      Array.isArray(tops)
        ? Object.fromEntries(tops.map((top) => [objectOf(top)?.token, objectOf(top)?.logprob]))
        : null,
    ),
    text_offset: entries.map(({ token }) => {
      const at = offset
      offset += stringOf(token)?.length ?? 0
      return at
    }),
  }
}
