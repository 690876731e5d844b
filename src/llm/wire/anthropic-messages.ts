// The dialect of Anthropic's Messages API.

import { createStreamDecoder, decodeAnswer } from './anthropic-messages-decode.js'
import { decodeRequest } from './anthropic-messages-decode-request.js'
import { createStreamEncoder, encodeAnswer } from './anthropic-messages-encode.js'
import { encodeRequest } from './anthropic-messages-encode-request.js'
import type { WireCodec } from './wire-codec.js'

export const anthropicMessagesCodec: WireCodec = {
  dialect: 'anthropic-messages',
  decodeRequest,
  encodeRequest,
  createStreamDecoder,
  createStreamEncoder,
  decodeAnswer,
  encodeAnswer,
}
