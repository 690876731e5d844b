// vLLM's /tokenize and /detokenize, which stand beside /v1 (vllm/entrypoints/serve/tokenize/protocol.py).

import { type Clock, noUsage } from '../../core/index.js'
import type { Tokenization, TokenizeRequest, Tokenizer } from '../contract.js'
import type { ModelCall } from '../vector-contract.js'
import { listOf, numberOf, objectOf, stringOf } from '../wire/fields.js'
import { encodeRequest } from '../wire/openai-chat-encode-request.js'
import type { EngineDeployment } from './engine-deployment.js'
import { createJsonUpstream, unreadable } from './json-upstream.js'

export interface VllmTokenizerOptions {
  readonly deployment: Pick<EngineDeployment, 'id' | 'model' | 'address' | 'timeouts'>
  readonly apiKey?: string | undefined
  readonly clock: Clock
}

export interface ClosableTokenizer extends Tokenizer {
  close(): Promise<void>
}

/** @throws `llm.address-missing` */
export const createVllmTokenizer = (options: VllmTokenizerOptions): ClosableTokenizer => {
  const { id, model } = options.deployment
  const upstreamOf = (name: string) => createJsonUpstream({ ...options, pathOf: besideVersion(name) })
  const tokenizing = upstreamOf('tokenize')
  const detokenizing = upstreamOf('detokenize')
  const ask = <T>(upstream: typeof tokenizing, body: object, call: ModelCall, read: (value: unknown) => T) =>
    upstream.post({ ...body, model }, call, { estimate: noUsage, read })
  return {
    tokenize: (request, call) =>
      ask(tokenizing, bodyOf(request), call, (value) => readTokens(objectOf(value) ?? {}, id)),
    detokenize: (tokens, call) =>
      ask(detokenizing, { tokens }, call, (value) => {
        const text = stringOf(objectOf(value)?.prompt)
        if (text === undefined) throw unreadable(id, 'no "prompt"')
        return text
      }),
    close: async () => {
      await Promise.all([tokenizing.close(), detokenizing.close()])
    },
  }
}

/** The address of a deployment ends in `/v1`, and these endpoints have no version. */
const besideVersion = (name: string) => (base: string) => `${base.replace(/\/v1$/, '')}/${name}`

const bodyOf = (request: TokenizeRequest): object =>
  'chat' in request
    ? { ...encodeRequest(request.chat), return_token_strs: true }
    : {
        ...request.extra,
        prompt: request.text,
        add_special_tokens: request.addsSpecialTokens,
        return_token_strs: true,
      }

const readTokens = (fields: Readonly<Record<string, unknown>>, deployment: string): Tokenization => {
  if (!Array.isArray(fields.tokens) || !fields.tokens.every(Number.isInteger))
    throw unreadable(deployment, 'no list "tokens"')
  const texts = listOf(fields.token_strs)
  const contextLength = numberOf(fields.max_model_len)
  return {
    tokens: fields.tokens,
    ...(texts.length > 0 && texts.every((text) => typeof text === 'string') && { texts }),
    ...(contextLength !== undefined && { contextLength }),
  }
}
