// How many tokens a text has when no tokenizer of the model is at hand. An estimate, and says so.

import type { ChatRequest, Part, TokenCount } from './contract.js'

/**
 * Characters of one token, by script. Latin: OpenAI's rule of thumb of 4 (help.openai.com, "What are tokens and how
 * to count them?"). Chinese, Japanese and Korean: 1, which is what byte-pair vocabularies of 100,000 entries need;
 * larger ones need less, so that this errs on the high side. Other scripts: 2.
 */
const charactersPerToken = { latin: 4, wide: 1, other: 2 } as const
/** Role and separators around each message; OpenAI's cookbook counts 3, and 3 once for the answer's start. */
const tokensPerMessage = 4
/** An image of 1024 x 1024 in high detail, by OpenAI's vision guide: 85 + 4 tiles x 170. */
const tokensPerImage = 765

/** Tokens of a text: an estimate from its scripts, at least 1 unless it is empty. */
export const estimateTokens = (text: string): number => Math.ceil(roughTokens(text))

/** The estimate before it is rounded, for texts that come in pieces. */
export const roughTokens = (text: string): number => {
  let wide = 0
  let other = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x250) continue
    if (isWide(unit)) wide++
    else other++
  }
  const latin = text.length - wide - other
  return latin / charactersPerToken.latin + wide / charactersPerToken.wide + other / charactersPerToken.other
}

/** Han, kana, hangul and full-width forms; a surrogate half counts as `other`, so that an emoji is one token. */
const isWide = (unit: number) =>
  (unit >= 0x2e80 && unit <= 0x9fff) ||
  (unit >= 0xac00 && unit <= 0xd7a3) ||
  (unit >= 0xf900 && unit <= 0xffef)

/** Tokens of a whole prompt: an estimate from messages, tools and images. */
export const estimateRequestTokens = (request: ChatRequest): TokenCount => {
  let tokens = 3
  for (const message of request.messages) {
    tokens += tokensPerMessage
    for (const part of message.parts) tokens += estimatePart(part)
  }
  if (request.tools) tokens += estimateTokens(JSON.stringify(request.tools))
  return { tokens, exact: false }
}

const estimatePart = (part: Part): number => {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return estimateTokens(part.text)
    case 'image':
      return tokensPerImage
    case 'tool-call':
      return estimateTokens(part.name) + estimateTokens(part.arguments)
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + estimatePart(inner), 0)
    case 'audio':
    case 'file':
      // Nothing is known without decoding it; base64 of 4 characters to 3 bytes, and 4 bytes to a token.
      return Math.ceil((part.data ?? '').length / 6)
    case 'item':
      return estimateTokens(JSON.stringify(part.value) ?? '')
  }
}
