// The engine for every server that speaks OpenAI's chat completions API, and its older completions API for raw texts: Ollama, vLLM, llama-server, hosted APIs.
// Raw bytes pass through; what the outcome needs is read from them on the way.

import { decodeAnswer, decodeFrame } from '../wire/openai-completions.js'
import { createChatAnswer } from './chat-answer.js'
import { chatRequestBody } from './chat-request-body.js'
import { completionsAbsent } from './completions-absent.js'
import { createHttpChatModel, type HttpChatModel, type HttpModelOptions } from './http-chat-model.js'

export type OpenAiCompatibleOptions = HttpModelOptions
export type OpenAiCompatibleModel = HttpChatModel

/**
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * const model = createOpenAiCompatibleModel({ deployment, facts, apiKey, clock: systemClock })
 */
export const createOpenAiCompatibleModel = (options: OpenAiCompatibleOptions): OpenAiCompatibleModel => ({
  ...createHttpChatModel(options, (request, call) => {
    const { bytes, dropsUsage } = chatRequestBody(request, options.deployment)
    const isRaw = request.dialect === 'openai-completions'
    return {
      path: isRaw ? '/completions' : '/chat/completions',
      body: bytes,
      ...(request.dialect === 'openai-chat' && call.dialectHeaders && { headers: call.dialectHeaders }),
      createAnswer: (options) => {
        const choices = request.choices ?? 1
        if (!isRaw) return createChatAnswer({ ...options, choices, dropsUsage })
        const answer = createChatAnswer({ ...options, choices, dropsUsage, format: completions })
        return { ...answer, fail: (error, end) => answer.fail(completionsAbsent(error), end) }
      },
    }
  }),
  completes: true,
})

const completions = { dialect: 'openai-completions', decodeFrame, decodeAnswer } as const
