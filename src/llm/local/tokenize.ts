// Texts to the tokens of a loaded model and back. Knows no chat beyond what the template makes of it.

import type { Token } from 'node-llama-cpp'
import { llmError } from '../messages.js'
import type { LoadedModel } from './load-model.js'
import type { LlamaTokens } from './protocol.js'

/** The tokens of a text; what looks like a special token is one, as it is for a completion of this text. */
export const tokensOfText = (
  { model }: Pick<LoadedModel, 'model'>,
  text: string,
  addsSpecialTokens: boolean,
): readonly Token[] => {
  const tokens = model.tokenize(text, true)
  const { bos, shouldPrependBosToken } = model.tokens
  const isBosMissing = addsSpecialTokens && shouldPrependBosToken && bos !== null && tokens[0] !== bos
  return isBosMissing ? [bos, ...tokens] : tokens
}

export const withTexts = ({ model }: Pick<LoadedModel, 'model'>, tokens: readonly Token[]): LlamaTokens => ({
  tokens,
  texts: tokens.map((token) => model.detokenize([token], true)),
})

/**
 * The text of tokens. llama.cpp ends the process over an id that is not of its vocabulary, so they are looked at first.
 * @throws `llm.request-unreadable`
 */
export const textOfTokens = ({ model }: Pick<LoadedModel, 'model'>, tokens: readonly number[]): string => {
  const size = model.fileInfo.metadata.tokenizer?.ggml?.tokens?.length ?? 0
  if (!tokens.every((token) => Number.isInteger(token) && token >= 0 && token < size))
    throw llmError('llm.request-unreadable', {
      field: 'tokens',
      expected: `token ids of the model, from 0 to ${size - 1}`,
    })
  return model.detokenize(tokens as readonly Token[], true)
}
