// The engine for every server that speaks OpenAI's Responses API: OpenAI, Azure, vLLM, Ollama, Groq.

import { openaiResponsesCodec } from '../wire/openai-responses.js'
import { createEventReader, decodeAnswer, readData } from '../wire/openai-responses-decode.js'
import { createEagerFrameReader } from './eager-frame-reader.js'
import { createEventAnswer } from './event-answer.js'
import { createHttpChatModel, type HttpChatModel, type HttpModelOptions } from './http-chat-model.js'
import { ownDialectBody } from './own-dialect-body.js'

/**
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * createOpenAiResponsesModel({ deployment, facts, apiKey, clock }) // address: https://api.openai.com/v1
 */
export const createOpenAiResponsesModel = (options: HttpModelOptions): HttpChatModel => {
  const { model, id } = options.deployment
  return createHttpChatModel(options, (request, call) => ({
    path: '/responses',
    body: ownDialectBody(request, openaiResponsesCodec, model),
    ...(request.dialect === 'openai-responses' && call.dialectHeaders && { headers: call.dialectHeaders }),
    createAnswer: (answer) => {
      const decoding = { deployment: id, secrets: answer.secrets }
      const reader = createEventReader(decoding)
      return createEventAnswer({
        ...answer,
        dialect: 'openai-responses',
        reader: createEagerFrameReader({
          readData: (data) => readData(data, reader, decoding),
          isLast: ({ type }) => type === 'finish',
        }),
        decodeAnswer: (json) => decodeAnswer(json, decoding),
        lastEvent: 'response.completed',
      })
    },
  }))
}
