// The engine for every server that speaks Anthropic's Messages API: Anthropic, vLLM, Ollama, gateways.

import type { ChatRequest, Part } from '../contract.js'
import { editRequest } from '../identity.js'
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
  const { model, id, quirks } = options.deployment
  const writes = (request: ChatRequest) =>
    quirks.reasoningField === 'none' && request.dialect !== 'anthropic-messages'
      ? withoutReasoning(request)
      : request
  return createHttpChatModel(
    options,
    (request, call) => ({
      path: '/messages',
      body: ownDialectBody(writes(request), anthropicMessagesCodec, model),
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

/** Reasoning that another server said bears no signature of this one, which refuses it then and does without. */
const withoutReasoning = (request: ChatRequest): ChatRequest => {
  const isReasoning = ({ type }: Part) => type === 'reasoning'
  if (!request.messages.some(({ parts }) => parts.some(isReasoning))) return request
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.filter((part) => !isReasoning(part)),
  }))
  return editRequest(request, { messages: messages.filter(({ parts }) => parts.length > 0) })
}
