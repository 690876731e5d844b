// The chat completions dialect as the gateway serves it: bytes to a request, and what the request asks of the
// answer's form. The codec itself is llm's.

import { type ChatRequest, codecs } from '../../llm/index.js'
import { parseJson } from '../parse-json.js'
import { validateChat } from '../validate-chat.js'

export const openaiChat = codecs['openai-chat']

/** @throws gateway.body-*, gateway.field-*, llm.request-unreadable */
export const readChatRequest = (bytes: Buffer): ChatRequest => {
  const body = parseJson(bytes)
  validateChat(body)
  return openaiChat.decodeRequest(body, { dialect: 'openai-chat', framing: 'json', bytes })
}

/** Whether the client asked for the usage at the end of its stream. */
export const wantsUsage = ({ extra }: ChatRequest): boolean => {
  const options = extra.stream_options
  return typeof options === 'object' && options !== null && 'include_usage' in options
    ? options.include_usage === true
    : false
}
