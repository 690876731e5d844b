// Log probabilities of a Gemini candidate: the chosen tokens, and for each place the likeliest ones.

import type { LogProbability } from '../contract.js'
import { compact, type Fields, isEmpty, listOf, numberOf, objectOf, restOf, stringOf } from './fields.js'

const known = new Set(['token', 'logProbability'])

/** Undefined when the value has another shape, so that the caller keeps it as it came. */
export const readLogProbabilities = (result: Fields): readonly LogProbability[] | undefined => {
  const chosen = listOf(result.chosenCandidates).map(readOne)
  const tops = listOf(result.topCandidates).map((place) => listOf(objectOf(place)?.candidates).map(readOne))
  const isWhole = tops.length === 0 || tops.length === chosen.length
  if (chosen.length === 0 || !isWhole || ![...chosen, ...tops.flat()].every(isRead)) return undefined
  return chosen.filter(isRead).map((entry, i) => {
    const top = tops[i]?.filter(isRead)
    return top ? { ...entry, top } : entry
  })
}

const isRead = (entry: LogProbability | undefined): entry is LogProbability => entry !== undefined

const readOne = (value: unknown): LogProbability | undefined => {
  const fields = objectOf(value)
  const token = stringOf(fields?.token)
  const logprob = numberOf(fields?.logProbability)
  if (!fields || token === undefined || logprob === undefined) return undefined
  const extra = restOf(fields, known)
  return compact({ token, logprob, extra: isEmpty(extra) ? undefined : extra })
}

/** Bytes of tokens have no place here. */
export const writeLogProbabilities = (entries: readonly LogProbability[]): Fields => ({
  ...(entries.some(({ top }) => top) && {
    topCandidates: entries.map(({ top }) => ({ candidates: (top ?? []).map(writeOne) })),
  }),
  chosenCandidates: entries.map(writeOne),
})

const writeOne = ({ token, logprob, extra }: LogProbability): Fields => ({
  ...('tokenId' in (extra ?? {}) && extra),
  token,
  logProbability: logprob,
})
