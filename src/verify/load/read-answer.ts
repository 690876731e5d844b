// The times and the tokens of one answer, from its socket chunks and when each came. Runs after the answer is over,
// so that decoding delays no other request's timestamps. Knows no socket.

import { createSseParser } from '../../llm/index.js'
import type { LoadRecord } from './load-record.js'

export interface TimedChunk {
  /** Ms after the load's start. */
  readonly atMs: number
  readonly bytes: Uint8Array
}

export type AnswerReading = Pick<
  LoadRecord,
  'firstContentMs' | 'lastContentMs' | 'contentChunks' | 'inputTokens' | 'outputTokens' | 'error'
>

interface Completion {
  readonly error?: { readonly code?: string | null; readonly message?: string }
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null
  readonly choices?: readonly {
    readonly finish_reason?: string | null
    readonly delta?: Record<string, unknown>
  }[]
}

/** Reads a streamed chat completion. A stream without a finish reason is cut off: an error, whatever came before. */
export const readAnswer = (status: number, chunks: readonly TimedChunk[]): AnswerReading => {
  if (status !== 200) return { ...nothing, error: httpError(status, chunks) }
  const parser = createSseParser()
  const reading: { -readonly [K in keyof AnswerReading]: AnswerReading[K] } = { ...nothing }
  let finished = false
  for (const { atMs, bytes } of chunks) {
    let hasContent = false
    for (const { data } of parser.push(bytes)) {
      const completion = parseCompletion(data)
      if (completion?.error) reading.error = errorOf(completion.error)
      reading.inputTokens = completion?.usage?.prompt_tokens ?? reading.inputTokens
      reading.outputTokens = completion?.usage?.completion_tokens ?? reading.outputTokens
      for (const choice of completion?.choices ?? []) {
        if (isContent(choice.delta)) hasContent = true
        if (choice.finish_reason) finished = true
      }
    }
    if (!hasContent) continue
    reading.firstContentMs ??= atMs
    reading.lastContentMs = atMs
    reading.contentChunks += 1
  }
  if (!reading.error && !finished) reading.error = { code: 'cut-off', message: 'the stream ended early' }
  if (!reading.error && reading.firstContentMs === null)
    reading.error = { code: 'empty', message: 'the answer has no content' }
  return reading
}

const nothing: AnswerReading = {
  firstContentMs: null,
  lastContentMs: null,
  contentChunks: 0,
  inputTokens: null,
  outputTokens: null,
  error: null,
}

const contentFields = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const

const isContent = (delta: Record<string, unknown> | undefined) =>
  contentFields.some((field) => typeof delta?.[field] === 'string' && delta[field] !== '') ||
  (Array.isArray(delta?.tool_calls) && delta.tool_calls.length > 0)

const parseCompletion = (data: string): Completion | undefined => {
  try {
    return JSON.parse(data) as Completion
  } catch {
    // `[DONE]`, and a page that something else wrote, say nothing of the answer.
    return undefined
  }
}

const errorOf = ({ code, message }: NonNullable<Completion['error']>) => ({
  code: code ?? 'error',
  message: message ?? '',
})

const httpError = (status: number, chunks: readonly TimedChunk[]) => {
  const body = parseCompletion(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString('utf8'))
  return { code: body?.error?.code ?? `http-${status}`, message: body?.error?.message ?? `HTTP ${status}` }
}
