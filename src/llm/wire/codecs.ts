// The dialects that can be read and written.

import { openaiChatCodec } from './openai-chat.js'
import type { WireCodec } from './wire-codec.js'

/** One codec per dialect. @example codecs['openai-chat'].decodeRequest(JSON.parse(body), wire) */
export const codecs: Readonly<Record<'openai-chat', WireCodec>> = {
  'openai-chat': openaiChatCodec,
}
