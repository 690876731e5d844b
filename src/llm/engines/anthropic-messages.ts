// The engine for every server that speaks Anthropic's Messages API: Anthropic, vLLM, Ollama, gateways.

import { anthropicMessagesCodec } from '../wire/anthropic-messages.js'
import { decodeAnswer } from '../wire/anthropic-messages-decode.js'
import { createAnthropicFrameReader } from './anthropic-frame-reader.js'
import { createEventAnswer } from './event-answer.js'
import { createHttpChatModel, type HttpChatModel, type HttpModelOptions } from './http-chat-model.js'
import { ownDialectBody } from './own-dialect-body.js'

/** The only version there is (docs.anthropic.com/en/api/versioning); a client of the same dialect may name another. */
const version = { 'anthropic-version': '2023-06-01' }

/**
 * The key goes in `x-api-key`, unless `quirks.keyHeader` says otherwise.
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * createAnthropicMessagesModel({ deployment, facts, apiKey, clock }) // address: https://api.anthropic.com/v1
 */
export const createAnthropicMessagesModel = (options: HttpModelOptions): HttpChatModel => {
  const { model, id } = options.deployment
  return createHttpChatModel(
    options,
    (request, call) => ({
      path: '/messages',
      body: ownDialectBody(request, anthropicMessagesCodec, model),
      headers: { ...version, ...(request.dialect === 'anthropic-messages' && call.dialectHeaders) },
      createAnswer: (answer) => {
        const decoding = { deployment: id, secrets: answer.secrets }
        return createEventAnswer({
          ...answer,
          dialect: 'anthropic-messages',
          reader: createAnthropicFrameReader(decoding),
          decodeAnswer: (json) => decodeAnswer(json, decoding),
          lastEvent: 'message_stop',
        })
      },
    }),
    'x-api-key',
  )
}
