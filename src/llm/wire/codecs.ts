// The dialects that can be read and written.

import { anthropicMessagesCodec } from './anthropic-messages.js'
import { geminiCodec } from './gemini.js'
import { openaiChatCodec } from './openai-chat.js'
import { openaiResponsesCodec } from './openai-responses.js'
import type { WireCodec } from './wire-codec.js'

/** The dialects that have a codec. */
export type ServedDialect = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

/**
 * One codec per dialect.
 * @example
 * codecs['openai-chat'].decodeRequest(JSON.parse(body), wire)
 */
export const codecs: Readonly<Record<ServedDialect, WireCodec>> = {
  'openai-chat': openaiChatCodec,
  'openai-responses': openaiResponsesCodec,
  'anthropic-messages': anthropicMessagesCodec,
  gemini: geminiCodec,
}
