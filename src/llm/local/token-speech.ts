// Turns tokens into text as they come: a character that is spread over several tokens is said when it is complete.

import type { LlamaModel, Token } from 'node-llama-cpp'
import type { LogProbability } from '../contract.js'
import { thinkingClosing, thinkingOpening } from './reasoning-reader.js'
import type { Speech } from './speech.js'
import { toolCallClosing, toolCallOpening } from './tool-call-reader.js'

export interface TokenSpeech {
  /** @returns what the token completes; undefined while a character is unfinished */
  push(token: Token, logprob?: LogProbability): Speech | undefined
  /** The answer has ended: a character that was not finished is left out. */
  rest(): Speech | undefined
}

type Vocabulary = Pick<LlamaModel, 'detokenize' | 'tokenize'>

/** UTF-8 needs at most four bytes, and a token is at least one. */
const longestCharacterTokens = 4
/** Some vocabularies write a token's leading space by what stands before it. */
const rememberedTokens = 4

/** @param before the end of the prompt */
export const createTokenSpeech = (model: Vocabulary, before: readonly Token[]): TokenSpeech => {
  const marks = visibleMarks(model)
  let past = before.slice(-rememberedTokens)
  let pending: Token[] = []
  let logprobs: LogProbability[] = []

  const say = (text: string): Speech => {
    const speech = { text, logprobs }
    past = [...past, ...pending].slice(-rememberedTokens)
    pending = []
    logprobs = []
    return speech
  }
  const textOfPending = () =>
    model.detokenize(
      pending,
      pending.some((token) => marks.has(token)),
      past,
    )
  return {
    push: (token, logprob) => {
      pending.push(token)
      if (logprob) logprobs.push(logprob)
      const text = textOfPending()
      return text.endsWith('\uFFFD') && pending.length < longestCharacterTokens ? undefined : say(text)
    },
    rest: () => (pending.length > 0 ? say(textOfPending().replace(/\uFFFD+$/, '')) : undefined),
  }
}

/** Steering tokens are silent, but for those that mark a tool call or thinking in some vocabularies. */
const visibleMarks = (model: Vocabulary): ReadonlySet<Token> =>
  new Set(
    [toolCallOpening, toolCallClosing, thinkingOpening, thinkingClosing].flatMap((mark) => {
      const tokens = model.tokenize(mark, true)
      return tokens.length === 1 ? tokens : []
    }),
  )

/** What a request for log probabilities is told of one token. @param top how many of the likeliest are named */
export const logProbabilityOf = (
  model: Vocabulary,
  { token, probabilities, top }: { token: Token; probabilities: ReadonlyMap<Token, number>; top: number },
): LogProbability => {
  const likeliest: LogProbability[] = []
  for (const [candidate, probability] of probabilities) {
    if (likeliest.length >= top) break
    likeliest.push(entryOf(model, candidate, probability))
  }
  return { ...entryOf(model, token, probabilities.get(token) ?? 0), top: likeliest }
}

/** JSON has no infinity; this is what OpenAI writes for it. */
const leastLogprob = -9999

const entryOf = (model: Vocabulary, token: Token, probability: number): LogProbability => {
  const text = model.detokenize([token], true)
  return {
    token: text,
    logprob: probability > 0 ? Math.max(leastLogprob, Math.log(probability)) : leastLogprob,
    // Part of a character has no text from which its bytes could be told.
    bytes: text.includes('\uFFFD') ? null : [...Buffer.from(text, 'utf8')],
  }
}
