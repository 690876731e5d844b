// What an upstream says about its failure, in any of the shapes servers use, freed of secrets. Knows no transport.

import type { ArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'
import { type Fields, numberOf, objectOf, stringOf } from './fields.js'
import type { DecoderOptions } from './wire-codec.js'

const maxDetailLength = 500

/** Keys as OpenAI, Anthropic, Google, xAI, Groq and Hugging Face make them, and bearer headers that were quoted. */
const secretPatterns = [
  /\b(?:sk|rk|pk|xai|gsk|hf|la)[-_][A-Za-z0-9*_-]{6,}/g,
  /\bAIza[A-Za-z0-9_-]{10,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/*-]{6,}=*/gi,
]

/** The text without anything that looks like a key, and without `secrets`, at most 500 characters long. */
export const scrub = (text: string, secrets: readonly string[] = []): string => {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = withoutSecret(clean, secret)
  for (const pattern of secretPatterns) clean = clean.replace(pattern, '[key]')
  return clean.length > maxDetailLength ? `${clean.slice(0, maxDetailLength)}…` : clean
}

/** Longest piece of a key that a server leaves beside a mask. */
const maxPieceLength = 100

/** Also where a server masks the middle of the key it quotes: `sk-ab***yz`. */
const withoutSecret = (text: string, secret: string): string =>
  text.replaceAll(secret, '[key]').replace(/\S+/g, (word) => {
    const [mask] = word.match(/\*+|\.{3,}|…/) ?? []
    if (mask === undefined) return word
    const at = word.indexOf(mask)
    const [head = ''] = word.slice(Math.max(0, at - maxPieceLength), at).match(/[\w-]*$/) ?? []
    const [tail = ''] = word.slice(at + mask.length, at + mask.length + maxPieceLength).match(/^[\w-]*/) ?? []
    const isOurs =
      (head.length >= 3 && secret.startsWith(head)) || (tail.length >= 3 && secret.endsWith(tail))
    return isOurs ? word.replace(head + mask + tail, '[key]') : word
  })

/**
 * Reads `{error: {message, type, code, param}}` (OpenAI, Anthropic), `{error: {message, code, status}}` (Gemini, also
 * alone in a list), `{error: "text"}` (Ollama), `{message, code}` (vLLM, Mistral), `{detail}` (FastAPI) and
 * `{error_type}` (TGI); anything else is shown as text.
 */
export const readFailure = (body: unknown, secrets: readonly string[] = []) => {
  const outer = objectOf(Array.isArray(body) && body.length === 1 ? body[0] : body)
  const error = objectOf(outer?.error) ?? outer ?? {}
  const code = error.code ?? objectOf(error.error)?.code ?? objectOf(error.details)?.error_code
  return {
    detail: scrub(messageOf(error, body), secrets),
    upstreamCode: scrubOrNull(typeof code === 'number' ? String(code) : stringOf(code), secrets),
    upstreamType: scrubOrNull(typeOf(error), secrets),
    upstreamParam: scrubOrNull(stringOf(error.param), secrets),
  }
}

const typeOf = ({ type, error_type, status }: Fields) =>
  stringOf(type) ?? stringOf(error_type) ?? stringOf(status)

const messageOf = (error: Fields, body: unknown): string => {
  const direct = stringOf(error.message) ?? stringOf(error.error) ?? stringOf(error.detail)
  if (direct !== undefined) return direct
  if (error.detail !== undefined) return JSON.stringify(error.detail)
  return typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
}

const scrubOrNull = (text: string | undefined, secrets: readonly string[]) =>
  text === undefined ? null : scrub(text, secrets)

/** An error that came inside an answer; retryable when its type or code says that the server was at fault. */
export const failureInside = (body: unknown, options: DecoderOptions = {}): ArchitectError => {
  const failure = readFailure(body, options.secrets)
  const status = numberOf(objectOf(objectOf(body)?.error)?.code)
  const said = `${failure.upstreamType} ${failure.upstreamCode}`
  const retryable =
    /overloaded|rate_limit|server_error|internal|unavailable|timeout|api_error/i.test(said) ||
    (status !== undefined && isRetryableStatus(status))
  return llmError(
    'llm.upstream-error',
    { deployment: options.deployment ?? 'upstream', ...failure, retryAfterMs: null },
    { retryable },
  )
}

/** Statuses after which the same call may succeed later (RFC 9110, 6585; 529 is Anthropic's "overloaded"). */
export const isRetryableStatus = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)

/** What should have been JSON, as far as an operator has to see it. */
export const notJson = (text: string, { secrets }: DecoderOptions): string =>
  `not a JSON object: ${scrub(text.slice(0, 2_000), secrets).slice(0, 80)}`
