// The engine for Gemini's API: generateContent, and streamGenerateContent as server-sent events.

import type { ChatRequest } from '../contract.js'
import { originOf } from '../identity.js'
import { restOf } from '../wire/fields.js'
import { geminiCodec } from '../wire/gemini.js'
import { objectSpans } from '../wire/json-spans.js'
import { createDecodingFrameReader } from './eager-frame-reader.js'
import { createEventAnswer } from './event-answer.js'
import { createHttpChatModel, type HttpChatModel, type HttpModelOptions } from './http-chat-model.js'

/**
 * The key goes in `x-goog-api-key`, unless `quirks.keyHeader` says otherwise; the model stands in the path.
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * createGeminiModel({ deployment, facts, apiKey, clock }) // address: https://generativelanguage.googleapis.com/v1beta
 */
export const createGeminiModel = (options: HttpModelOptions): HttpChatModel => {
  const { model, id } = options.deployment
  const path = `/${resourceName(model)}`
  return createHttpChatModel(
    options,
    (request) => ({
      path: path + (request.stream ? ':streamGenerateContent?alt=sse' : ':generateContent'),
      body: ownBytes(request) ?? encoded({ ...request, model }),
      createAnswer: (answer) => {
        const decoding = { deployment: id, secrets: answer.secrets }
        return createEventAnswer({
          ...answer,
          dialect: 'gemini',
          reader: createDecodingFrameReader(geminiCodec.createStreamDecoder(decoding)),
          decodeAnswer: (json) => geminiCodec.decodeAnswer(json, decoding),
          choices: request.choices ?? 1,
        })
      },
    }),
    'x-goog-api-key',
  )
}

/** `models/NAME`, where the name says no other collection, such as `tunedModels/NAME`. */
const resourceName = (model: string) =>
  (model.includes('/') ? model : `models/${model}`).split('/').map(encodeURIComponent).join('/')

/** Promise 6: the client's bytes, all of them; what names the model is not among them. */
const ownBytes = (request: ChatRequest): Buffer | undefined => {
  const origin = originOf(request)
  if (origin?.dialect !== 'gemini' || origin.framing !== 'json') return undefined
  const bytes = Buffer.from(origin.bytes.buffer, origin.bytes.byteOffset, origin.bytes.byteLength)
  const names = objectSpans(bytes)?.fields.map(({ name }) => name)
  const isPlain = names && !names.includes('model') && new Set(names).size === names.length
  return isPlain ? bytes : undefined
}

const encoded = (request: ChatRequest): Buffer =>
  Buffer.from(JSON.stringify(restOf(geminiCodec.encodeRequest(request), inPath)), 'utf8')

const inPath = new Set(['model', 'stream'])
