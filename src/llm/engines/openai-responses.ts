// The engine for every server that speaks OpenAI's Responses API: OpenAI, Azure, vLLM, Ollama, Groq.

import { type Fields, listOf, objectOf } from '../wire/fields.js'
import { openaiResponsesCodec } from '../wire/openai-responses.js'
import { createEventReader, decodeAnswer, readData } from '../wire/openai-responses-decode.js'
import type { WireCodec } from '../wire/wire-codec.js'
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
  const { model, id, quirks } = options.deployment
  const takesReasoning = quirks.reasoningField !== undefined && quirks.reasoningField !== 'none'
  const codec = takesReasoning ? openaiResponsesCodec : codecWithoutReasoning
  return createHttpChatModel(options, (request, call) => ({
    path: '/responses',
    body: ownDialectBody(request, codec, model),
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

/**
 * OpenAI looks reasoning up by its id where it is neither encrypted nor there as it was thought, and has stored none: it
 * refuses a summary alone, and does without it.
 */
const codecWithoutReasoning: WireCodec = {
  ...openaiResponsesCodec,
  encodeRequest: (request) => {
    const body = openaiResponsesCodec.encodeRequest(request)
    if (!Array.isArray(body.input)) return body
    return { ...body, input: body.input.filter((item) => !isSummary(objectOf(item) ?? {})) }
  },
}

const isSummary = ({ type, encrypted_content, content }: Fields) =>
  type === 'reasoning' && typeof encrypted_content !== 'string' && listOf(content).length === 0
