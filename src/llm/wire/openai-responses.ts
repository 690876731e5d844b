// The dialect of OpenAI's Responses API.

import { createStreamDecoder, decodeAnswer } from './openai-responses-decode.js'
import { decodeRequest } from './openai-responses-decode-request.js'
import { createStreamEncoder, encodeAnswer } from './openai-responses-encode.js'
import { encodeRequest } from './openai-responses-encode-request.js'
import type { WireCodec } from './wire-codec.js'

export const openaiResponsesCodec: WireCodec = {
  dialect: 'openai-responses',
  decodeRequest,
  encodeRequest,
  createStreamDecoder,
  createStreamEncoder,
  decodeAnswer,
  encodeAnswer,
}
