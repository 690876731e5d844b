// The dialect of Gemini's generateContent and streamGenerateContent.

import { createStreamDecoder, decodeAnswer } from './gemini-decode.js'
import { decodeRequest } from './gemini-decode-request.js'
import { createStreamEncoder, encodeAnswer } from './gemini-encode.js'
import { encodeRequest } from './gemini-encode-request.js'
import type { WireCodec } from './wire-codec.js'

export const geminiCodec: WireCodec = {
  dialect: 'gemini',
  decodeRequest,
  encodeRequest,
  createStreamDecoder,
  createStreamEncoder,
  decodeAnswer,
  encodeAnswer,
}
