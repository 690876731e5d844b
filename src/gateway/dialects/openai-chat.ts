// The chat completions dialect as the gateway serves it: bytes to a request, and what the request asks of the
// answer's form. The codec itself is llm's.

import { type ChatRequest, codecs } from '../../llm/index.js'
import { withModelOfPath } from '../azure-paths.js'
import { isObject } from '../check-fields.js'
import { parseJson } from '../parse-json.js'
import { validateChat } from '../validate-chat.js'
import type { ChatDialect } from './chat-dialect.js'
import { openaiEnvelope } from './envelope.js'

const codec = codecs['openai-chat']

const read = (bytes: Buffer, [model]: readonly string[]): ChatRequest => {
  const body = withModelOfPath(parseJson(bytes), model)
  validateChat(body)
  return codec.decodeRequest(body, { dialect: 'openai-chat', framing: 'json', bytes })
}

export const openaiChat: ChatDialect = {
  codec,
  read,
  answerId: (requestId) => `chatcmpl-${requestId}`,
  /** Only to those who ask: the chunk that carries it has no choices, and not every client expects one. */
  wantsUsage: ({ extra: { stream_options: options } }) => isObject(options) && options.include_usage === true,
  envelope: openaiEnvelope,
}
