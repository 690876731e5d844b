// The error of an answer whose status is not 200: what the upstream said, freed of secrets, with its own code and
// the time it asks to be left alone.

import type { IncomingHttpHeaders } from 'node:http'
import type { ArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'
import { listOf, objectOf, stringOf } from '../wire/fields.js'
import { isRetryableStatus, readFailure } from '../wire/upstream-failure.js'
import { retryAfterMs } from './response-head.js'

export interface StatusAnswer {
  readonly deployment: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly secrets: readonly string[]
  readonly wallMs: number
}

export const statusError = (answer: StatusAnswer): ArchitectError => {
  const body = parse(answer.body.toString('utf8'))
  const failure = readFailure(body, answer.secrets)
  // OpenAI answers 429 both for a rate and for an empty account; the latter does not heal by waiting.
  const isSpent =
    failure.upstreamCode === 'insufficient_quota' || failure.upstreamType === 'insufficient_quota'
  return llmError(
    'llm.upstream-status',
    {
      deployment: answer.deployment,
      status: answer.status,
      ...failure,
      detail: failure.detail || 'no explanation',
      retryAfterMs: retryAfterMs(answer.headers, answer.wallMs) ?? retryDelayMs(body),
    },
    { retryable: isRetryableStatus(answer.status) && !isSpent },
  )
}

/** Google's APIs say it in the body: `google.rpc.RetryInfo`, seconds with an `s` (github.com/googleapis/googleapis). */
const retryDelayMs = (body: unknown): number | null => {
  const error = objectOf(objectOf(listOf(body)[0] ?? body)?.error)
  const delays = listOf(error?.details).map((detail) => stringOf(objectOf(detail)?.retryDelay))
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delays.find((delay) => delay !== undefined) ?? '')?.[1]
  return seconds === undefined ? null : Math.round(Number(seconds) * 1000)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
