// Log probabilities of tokens, which OpenAI's two APIs write alike.

import type { LogProbability } from '../contract.js'
import { compact, type Fields, numberOf, objectOf, restOf, stringOf } from './fields.js'

const known = new Set(['token', 'logprob', 'bytes', 'top_logprobs'])

/** Undefined when the value is no list of log probabilities, so that the caller keeps it as it came. */
export const readLogProbabilities = (value: unknown): readonly LogProbability[] | undefined => {
  if (!Array.isArray(value)) return undefined
  const read = value.map(readOne)
  return read.every((entry) => entry !== undefined) ? read : undefined
}

const readOne = (value: unknown): LogProbability | undefined => {
  const fields = objectOf(value)
  const token = stringOf(fields?.token)
  const logprob = numberOf(fields?.logprob)
  if (!fields || token === undefined || logprob === undefined) return undefined
  const top = readLogProbabilities(fields.top_logprobs)
  const extra = restOf(fields, known)
  return compact({
    token,
    logprob,
    bytes: fields.bytes as readonly number[] | null | undefined,
    top,
    extra: Object.keys(extra).length > 0 ? extra : undefined,
  })
}

export const writeLogProbabilities = (entries: readonly LogProbability[]): Fields[] =>
  entries.map(({ token, logprob, bytes, top, extra }) => ({
    ...extra,
    ...compact({ token, logprob, bytes, top_logprobs: top && writeLogProbabilities(top) }),
  }))

/** Of an engine that does not say all that OpenAI's API promises: bytes, and a list of the likeliest. */
export const writePromisedLogProbabilities = (entries: readonly LogProbability[]): Fields[] =>
  writeLogProbabilities(
    entries.map((entry) => ({ ...withBytes(entry), top: (entry.top ?? []).map(withBytes) })),
  )

/** A token that is part of a character is told as a replacement character: then its bytes are not known. */
const withBytes = (entry: LogProbability): LogProbability =>
  entry.bytes === undefined
    ? { ...entry, bytes: entry.token.includes('\ufffd') ? null : [...Buffer.from(entry.token)] }
    : entry
