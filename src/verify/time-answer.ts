// Times one streamed answer as its client sees it: the first piece, the last one, and the tokens its usage tells.

import { createSseParser } from '../llm/index.js'
import type { createHttpTransport } from './http-transport.js'
import { parseJson } from './http-transport.js'

export interface AnswerTimes {
  /** From sending the request, ms. */
  readonly firstContentMs: number
  readonly lastContentMs: number
  readonly outputTokens: number
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[]
  /** A stream that fails after it began says so in an event. */
  readonly error?: unknown
  readonly usage?: { readonly completion_tokens?: number } | null
}

export interface TimedQuestion {
  readonly model: string
  readonly question: string
  readonly token?: string | undefined
  readonly signal: AbortSignal
  readonly nowMs: () => number
}

/** @returns undefined for an answer that failed, broke off or said nothing; rejects when it was stopped */
export const timeAnswer = async (
  transport: Pick<ReturnType<typeof createHttpTransport>, 'send'>,
  { model, question, token, signal, nowMs }: TimedQuestion,
): Promise<AnswerTimes | undefined> => {
  const startedMs = nowMs()
  const body = {
    model,
    messages: [{ role: 'user', content: question }],
    stream: true,
    stream_options: { include_usage: true },
  }
  const response = await transport.send({ method: 'POST', path: '/v1/chat/completions', token, body, signal })
  if (response.statusCode !== 200) {
    await response.body.dump()
    return undefined
  }
  try {
    return await readTimes(response.body, () => nowMs() - startedMs)
  } catch (error) {
    if (signal.aborted) throw error
    // An answer that broke off is one that failed: no time of it would be comparable.
    return undefined
  }
}

const readTimes = async (
  body: AsyncIterable<unknown>,
  elapsedMs: () => number,
): Promise<AnswerTimes | undefined> => {
  const parser = createSseParser()
  let [firstContentMs, lastContentMs, outputTokens] = [Number.NaN, Number.NaN, 0]
  for await (const bytes of body) {
    const atMs = elapsedMs()
    for (const { data } of parser.push(bytes as Uint8Array)) {
      const chunk = parseJson(data) as Chunk | undefined
      if (chunk?.error) return undefined
      if (chunk?.choices?.[0]?.delta?.content) {
        if (Number.isNaN(firstContentMs)) firstContentMs = atMs
        lastContentMs = atMs
      }
      outputTokens = chunk?.usage?.completion_tokens ?? outputTokens
    }
  }
  return Number.isNaN(firstContentMs) ? undefined : { firstContentMs, lastContentMs, outputTokens }
}
