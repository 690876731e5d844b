// The engine for models behind Triton Inference Server's generate extension: `/v2/models/NAME/generate` and
// `/generate_stream` take a prompt and give text, so that messages are rendered here. Triton's OpenAI front end is
// another server and needs none of this: openai-compatible.ts speaks to it.

import type { ChatCall, ChatRequest } from '../contract.js'
import { llmError } from '../messages.js'
import { createHttpChatModel, type HttpChatModel, type HttpModelOptions } from './http-chat-model.js'
import {
  type PromptTemplate,
  type PromptTemplateName,
  promptTemplates,
  renderPrompt,
} from './prompt-template.js'
import { refuseHosted } from './refuse-hosted.js'
import { createTritonAnswer } from './triton-answer.js'
import { type TritonDialectName, tritonDialects } from './triton-dialect.js'

export interface TritonGenerateOptions extends HttpModelOptions {
  /** What the backend behind the model calls its inputs. Default `vllm`, which the repositories we write speak. */
  readonly dialect?: TritonDialectName
  /** How the model was taught to see a conversation. Default `chatml`. */
  readonly template?: PromptTemplateName | PromptTemplate
}

const spokenDialect = 'Triton generate'

/**
 * Answers one choice of text: tools, log probabilities, formats, pictures and further choices are refused.
 * `address` is the server's own: `http://127.0.0.1:8000`.
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * createTritonGenerateModel({ deployment, facts, clock, dialect: 'tensorrt-llm', template: 'llama-3' })
 */
export const createTritonGenerateModel = (options: TritonGenerateOptions): HttpChatModel => {
  const dialect = tritonDialects[options.dialect ?? 'vllm']
  const template = templateOf(options.template ?? 'chatml')
  const model = `/v2/models/${encodeURIComponent(options.deployment.model)}`
  return createHttpChatModel(options, (request: ChatRequest, call: ChatCall) => {
    refuseHosted(request, spokenDialect)
    refuseUnsayable(request)
    const inputs = dialect.inputs({
      prompt: renderPrompt(request, template, spokenDialect),
      stream: request.stream,
      stop: [...new Set([...(request.stop ?? []), ...template.stop])],
      request,
    })
    return {
      path: `${model}/${request.stream ? 'generate_stream' : 'generate'}`,
      body: Buffer.from(JSON.stringify({ id: call.requestId, ...inputs }), 'utf8'),
      createAnswer: (answer) =>
        createTritonAnswer({
          ...answer,
          dialect,
          id: `chatcmpl-${call.requestId}`,
          maxOutputTokens: request.maxOutputTokens,
        }),
    }
  })
}

const templateOf = (template: PromptTemplateName | PromptTemplate): PromptTemplate =>
  typeof template === 'string' ? promptTemplates[template] : template

const refuseUnsayable = (request: ChatRequest) => {
  const { tools = [], toolChoice, choices = 1, responseFormat, logprobs, extra } = request
  const refused = [
    tools.length > 0 && toolChoice !== 'none' && 'tools',
    choices > 1 && 'n',
    responseFormat !== undefined && responseFormat.type !== 'text' && 'response_format',
    logprobs !== undefined && 'logprobs',
    extra.logit_bias !== undefined && extra.logit_bias !== null && 'logit_bias',
  ].find((field) => field !== false)
  if (refused !== undefined)
    throw llmError('llm.request-not-expressible', { field: refused, dialect: spokenDialect })
}
