// POST /tokenize and /detokenize in vLLM's shape, also under /v1: the tokens that a text or a chat has for the model of
// a route. The engine's own tokenizer tells where it can be asked (`local`, vLLM); elsewhere the number is an estimate,
// which `exact: false` says, and there are no tokens.

import { toArchitectError } from '../core/index.js'
import {
  type ChatRequest,
  codecs,
  estimateTokens,
  type Tokenization,
  type TokenizeRequest,
} from '../llm/index.js'
import type { Architecture } from '../spec/index.js'
import type { Authenticate } from './authenticate.js'
import {
  checkAllFields,
  type FieldRules,
  type Fields,
  flag,
  isText,
  modelName,
  nonEmptyList,
  rule,
} from './check-fields.js'
import { type Exchange, type Handler, traceOf } from './exchange.js'
import { guardModes } from './guard-modes.js'
import { gatewayError } from './messages.js'
import { parseJson } from './parse-json.js'
import type { GuardPort } from './ports.js'
import type { BodyReader } from './read-body.js'
import type { Routes } from './routes.js'
import { mayTryNext, noAnswer } from './routing/failure.js'
import type { ServedChat } from './served-route.js'
import { guardRequest } from './stages/with-input-guard.js'
import { answerUnpriced, type UnpricedAnswer, type UnpricedDeps } from './unpriced-answer.js'

export interface TokenizeDeps extends UnpricedDeps {
  readonly architecture: Architecture
  readonly authenticate: Authenticate
  readonly routes: Pick<Routes, 'chat'>
  readonly bodies: BodyReader
  readonly guardrails: GuardPort
}

const tokenizeRules: FieldRules = {
  required: { model: modelName },
  optional: {
    prompt: rule('a text', '一段文字', isText),
    messages: nonEmptyList('message', '訊息'),
    add_special_tokens: flag,
    return_token_strs: flag,
  },
}
const detokenizeRules: FieldRules = {
  required: {
    model: modelName,
    tokens: rule(
      'a list of token ids',
      '詞元編號的清單',
      (value) => Array.isArray(value) && value.every((id) => Number.isSafeInteger(id) && id >= 0),
    ),
  },
}

export const createTokenize = (deps: TokenizeDeps): Handler =>
  handler(deps, tokenizeRules, async (served, fields, exchange) => {
    const asked = guarded(deps, served, requestOf(fields))
    const said = await askEngine(served, exchange, (tokenizer, call) => tokenizer.tokenize(asked, call))
    const contextLength = said?.contextLength ?? served.contextLength
    const count = said ? said.tokens.length : estimateOf(served, asked)
    const wantsTexts = fields.return_token_strs === true
    return {
      body: {
        count,
        max_model_len: contextLength,
        tokens: said?.tokens ?? null,
        token_strs: (wantsTexts && said?.texts) || null,
        exact: said !== undefined,
      },
      answeredBy: said && served.tokenizer ? served.tokenizer.deployment : 'estimate',
      headers: { 'x-token-count': said ? 'exact' : 'estimate' },
    }
  })

export const createDetokenize = (deps: TokenizeDeps): Handler =>
  handler(deps, detokenizeRules, async (served, { model, tokens }, exchange) => {
    const prompt = await askEngine(served, exchange, (tokenizer, call) =>
      tokenizer.detokenize(tokens as readonly number[], call),
    )
    if (prompt === undefined || !served.tokenizer)
      throw gatewayError('gateway.tokenizer-absent', { model: model as string })
    return { body: { prompt }, answeredBy: served.tokenizer.deployment }
  })

const handler =
  (
    deps: TokenizeDeps,
    rules: FieldRules,
    answer: (served: ServedChat, fields: Fields, exchange: Exchange) => Promise<UnpricedAnswer>,
  ): Handler =>
  async (exchange) => {
    const caller = deps.authenticate(exchange.request)
    const bytes = await deps.bodies.read(exchange.request, exchange.response)
    try {
      const fields = checkAllFields(parseJson(bytes), rules)
      const served = deps.routes.chat(fields.model as string, caller)
      const request = { operation: 'tokenize', exchange, caller, bytes, route: served.route.name } as const
      await answerUnpriced(deps, request, () => answer(served, fields, exchange))
    } finally {
      deps.bodies.release(bytes.length)
    }
  }

/** @throws gateway.field-missing, gateway.field-invalid, llm.request-unreadable */
const requestOf = (fields: Fields): TokenizeRequest => {
  const { model: _model, prompt, messages, add_special_tokens, return_token_strs: _texts, ...extra } = fields
  const hasChat = messages !== undefined && messages !== null
  if (!isText(prompt) && !hasChat)
    throw gatewayError('gateway.field-missing', {
      field: 'prompt',
      expected: { en: 'a text, or "messages" in its place', 'zh-TW': '一段文字，或改用 messages' },
    })
  if (isText(prompt) && hasChat)
    throw gatewayError('gateway.field-invalid', {
      field: 'messages',
      expected: { en: 'left out beside "prompt"', 'zh-TW': '在有 prompt 時省略' },
      actual: { en: 'a list', 'zh-TW': '清單' },
    })
  if (isText(prompt)) return { text: prompt, addsSpecialTokens: add_special_tokens !== false, extra }
  return { chat: codecs['openai-chat'].decodeRequest({ ...fields, prompt: undefined }) }
}

/** What the model would be sent: the engine may be on another machine. @throws guardrails.blocked */
const guarded = (
  { architecture, guardrails, metrics }: TokenizeDeps,
  { route }: ServedChat,
  request: TokenizeRequest,
): TokenizeRequest => {
  const policy = architecture.guardrails.find(({ id }) => id === route.guardrails)
  if (!policy || !guardModes(policy).input) return request
  const guard = (chat: ChatRequest) => guardRequest({ guard: guardrails, policy: policy.id, metrics }, chat)
  if ('chat' in request) return { chat: guard(request.chat) }
  const [message] = guard(asChat(request.text)).messages
  const part = message?.parts[0]
  return { ...request, text: part?.type === 'text' ? part.text : '' }
}

const asChat = (text: string): ChatRequest => ({
  model: '',
  messages: [{ role: 'user', parts: [{ type: 'text', text, source: 'user' }] }],
  stream: false,
  extra: {},
})

const estimateOf = ({ model }: ServedChat, request: TokenizeRequest): number =>
  'chat' in request ? model.countTokens(request.chat).tokens : estimateTokens(request.text)

type Tokenizer = NonNullable<ServedChat['tokenizer']>['of']
type Call = Parameters<Tokenizer['tokenize']>[1]

/** @returns undefined where the engine has no tokenizer to ask */
const askEngine = async <T extends Tokenization | string>(
  { tokenizer, route }: ServedChat,
  exchange: Exchange,
  ask: (tokenizer: Tokenizer, call: Call) => Promise<T>,
): Promise<T | undefined> => {
  if (!tokenizer) return undefined
  const { requestId, signal } = exchange
  try {
    return await ask(tokenizer.of, { requestId, signal, ...traceOf(exchange) })
  } catch (cause) {
    const error = toArchitectError(cause)
    if (error.code === 'llm.upstream-status' && error.params.status === 404) return undefined
    if (signal.aborted || !mayTryNext(error)) throw error
    throw noAnswer(route.name, [{ deployment: tokenizer.deployment, error }], [])
  }
}
