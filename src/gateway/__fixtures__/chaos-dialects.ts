// The endpoints that the chaos matrix is run through. A further one is a further entry.

import { ask } from './harness.js'

export interface ChaosDialect {
  readonly name: string
  readonly path: (isStream: boolean) => string
  readonly body: (isStream: boolean) => object
  /** Whether an answer, its head and its body, ends as if nothing had gone wrong. */
  readonly endsClean: (body: string, isStream: boolean) => boolean
  /** The code of the error that a body or the end of a stream holds; undefined without one. */
  readonly errorCode: (body: string) => string | undefined
}

const openaiChat: ChaosDialect = {
  name: 'openai-chat',
  path: () => '/v1/chat/completions',
  body: (stream) => ask('x', { stream }),
  endsClean: (body, isStream) =>
    isStream ? /data: \[DONE\]|"finish_reason":\s*"/.test(body) : /"finish_reason":\s*"/.test(body),
  errorCode: (body) =>
    /"error":\s*\{.*"code":\s*"([a-z_]+)"/s.exec(
      body.split('\n\n').findLast((part) => part !== '') ?? '',
    )?.[1],
}

const anthropicMessages: ChaosDialect = {
  name: 'anthropic-messages',
  path: () => '/v1/messages',
  body: (stream) => ask('x', { stream, max_tokens: 1_000 }),
  endsClean: (body) => /"message_stop"|"stop_reason":\s*"/.test(body),
  errorCode: (body) => /"type":\s*"error",\s*"error":\s*\{\s*"type":\s*"([a-z_]+)"/.exec(body)?.[1],
}

const gemini: ChaosDialect = {
  name: 'gemini',
  path: (isStream) => `/v1beta/models/chat:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: () => ({ contents: [{ role: 'user', parts: [{ text: 'x' }] }] }),
  endsClean: (body) => /"finishReason":\s*"/.test(body),
  errorCode: (body) => /"error":\s*\{.*"status":\s*"([A-Z_]+)"/s.exec(body)?.[1],
}

export const dialects: readonly ChaosDialect[] = [openaiChat, anthropicMessages, gemini]
