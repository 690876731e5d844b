// The dialect of OpenAI's chat completions API, and of every server that speaks it.

import { createStreamDecoder, decodeAnswer } from './openai-chat-decode.js'
import { decodeRequest } from './openai-chat-decode-request.js'
import { encodeAnswer } from './openai-chat-encode-answer.js'
import { encodeRequest } from './openai-chat-encode-request.js'
import { createStreamEncoder } from './openai-chat-encode-stream.js'
import type { WireCodec } from './wire-codec.js'

export const openaiChatCodec: WireCodec = {
  dialect: 'openai-chat',
  decodeRequest,
  encodeRequest,
  createStreamDecoder,
  createStreamEncoder,
  decodeAnswer,
  encodeAnswer,
}
