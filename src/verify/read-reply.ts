// A chat completion as a client sees it, streamed or whole. Knows no request.

import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { createSseParser } from '../llm/index.js'
import { errorBody, parseJson } from './http-transport.js'

export interface Citation {
  /** `PATH#START-END`. */
  readonly url: string
  /** The span of the answer it supports, in UTF-16 offsets. */
  readonly start: number
  readonly end: number
}

export interface ToolCall {
  readonly name: string
  /** JSON text. */
  readonly arguments: string
}

export interface ChatReply {
  readonly status: number
  readonly requestId: string | null
  /** The answer's own `id`, as its engine gave it. */
  readonly completionId: string | null
  readonly text: string
  readonly finishReason: string | null
  readonly citations: readonly Citation[]
  readonly toolCalls: readonly ToolCall[]
  /** The deployment or stage that answered, as the gateway names it; null where it does not say. */
  readonly answeredBy: string | null
  readonly errorCode: string | null
  /** Whether the whole answer arrived: a finish reason, and of a stream its end mark. */
  readonly isComplete: boolean
}

const annotation = z.object({
  type: z.literal('url_citation'),
  url_citation: z.object({ url: z.string(), start_index: z.number(), end_index: z.number() }),
})

const toolCallPiece = z.object({
  index: z.number().optional(),
  function: z.object({ name: z.string().optional(), arguments: z.string().default('') }),
})

const completion = z.object({
  id: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: body().optional(),
        delta: body().optional(),
      }),
    )
    .default([]),
})

function body() {
  return z.object({
    content: z.string().nullish(),
    annotations: z.array(z.unknown()).optional(),
    tool_calls: z.array(toolCallPiece).optional(),
  })
}

export const readReply = async (response: Dispatcher.ResponseData): Promise<ChatReply> => {
  const id = response.headers['x-request-id']
  const answeredBy = response.headers['x-answered-by']
  const head = {
    status: response.statusCode,
    requestId: typeof id === 'string' ? id : null,
    answeredBy: typeof answeredBy === 'string' ? answeredBy : null,
  }
  const chunks: Uint8Array[] = []
  let isWhole = true
  try {
    for await (const chunk of response.body) chunks.push(chunk as Uint8Array)
  } catch {
    // A body that breaks off is an answer, too: what came of it is read, and it is not complete.
    isWhole = false
  }
  const bytes = Buffer.concat(chunks)
  const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
  const messages = isStream
    ? createSseParser()
        .push(bytes)
        .map(({ data }) => data)
    : [bytes.toString('utf8')]
  const isEnded = isWhole && (!isStream || messages.at(-1) === '[DONE]')
  return { ...head, ...collectReply(messages.map(parseJson), isEnded) }
}

const collectReply = (
  messages: readonly unknown[],
  isEnded: boolean,
): Omit<ChatReply, 'status' | 'requestId' | 'answeredBy'> => {
  let text = ''
  let completionId: string | null = null
  let finishReason: string | null = null
  let errorCode: string | null = null
  const citations: Citation[] = []
  const calls = new Map<number, ToolCall>()
  for (const message of messages) {
    const failure = errorBody.safeParse(message).data?.error
    if (failure) errorCode = failure.code ?? 'error'
    const answer = completion.safeParse(message).data
    completionId ??= answer?.id ?? null
    const choice = answer?.choices[0]
    const said = choice?.message ?? choice?.delta
    text += said?.content ?? ''
    finishReason = choice?.finish_reason ?? finishReason
    for (const [position, piece] of (said?.tool_calls ?? []).entries()) {
      const index = piece.index ?? position
      const before = calls.get(index) ?? { name: '', arguments: '' }
      calls.set(index, {
        name: before.name || (piece.function.name ?? ''),
        arguments: before.arguments + piece.function.arguments,
      })
    }
    for (const cited of said?.annotations ?? []) {
      const citation = annotation.safeParse(cited).data?.url_citation
      if (citation)
        citations.push({ url: citation.url, start: citation.start_index, end: citation.end_index })
    }
  }
  const isComplete = isEnded && finishReason !== null && errorCode === null
  const toolCalls = [...calls.values()]
  return { completionId, text, finishReason, citations, toolCalls, errorCode, isComplete }
}
