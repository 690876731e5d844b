// The whole answer that the chunks of a Gemini stream make up: texts of neighbouring chunks are joined, lists of
// citations and log probabilities continued; of anything else the last word counts.

import { type Fields, isEmpty, listOf, numberOf, objectOf, restOf } from './fields.js'
import { joinLogProbabilities } from './gemini-write-candidate.js'

export const foldChunks = (chunks: readonly Fields[]): Record<string, unknown> => {
  const [only] = chunks
  if (chunks.length === 1 && only) return { ...only }
  let envelope: Fields = {}
  const candidates = new Map<number, Fields>()
  for (const chunk of chunks) {
    envelope = { ...envelope, ...restOf(chunk, candidatesName) }
    for (const [position, value] of listOf(chunk.candidates).entries()) {
      const candidate = objectOf(value) ?? {}
      const index = numberOf(candidate.index) ?? position
      candidates.set(index, join(candidates.get(index) ?? {}, candidate))
    }
  }
  const inOrder = [...candidates].sort(([a], [b]) => a - b).map(([, candidate]) => candidate)
  return { ...(inOrder.length > 0 && { candidates: inOrder }), ...envelope }
}

const candidatesName = new Set(['candidates'])

const join = (before: Fields, after: Fields): Fields => {
  const content = { ...objectOf(before.content), ...objectOf(after.content) }
  const parts = joinParts(partsOf(before), partsOf(after))
  const logprobs = [before, after].map(({ logprobsResult }) => objectOf(logprobsResult))
  const citations = [before, after].flatMap((one) => listOf(objectOf(one.citationMetadata)?.citationSources))
  return {
    ...before,
    ...after,
    ...(!isEmpty(content) && { content: { ...content, ...(parts.length > 0 && { parts }) } }),
    ...(logprobs.some((one) => one) && {
      logprobsResult: joinLogProbabilities(logprobs[0] ?? {}, logprobs[1] ?? {}),
    }),
    ...(citations.length > 0 && {
      citationMetadata: { ...objectOf(after.citationMetadata), citationSources: citations },
    }),
  }
}

const partsOf = (candidate: Fields): readonly Fields[] =>
  listOf(objectOf(candidate.content)?.parts).map((part) => objectOf(part) ?? {})

const joinParts = (before: readonly Fields[], after: readonly Fields[]): readonly Fields[] => {
  const last = before.at(-1)
  const [first, ...others] = after
  if (!last || !first) return [...before, ...after]
  if (isPlain(last) && isText(first) && !!last.thought === !!first.thought)
    return [...before.slice(0, -1), { ...last, ...first, text: `${last.text}${first.text}` }, ...others]
  // An empty text that only ended the stream.
  return isPlain(first) && first.text === '' ? [...before, ...others] : [...before, ...after]
}

/** A signature ends the text it belongs to. */
const isText = (part: Fields) => typeof part.text === 'string' && isEmpty(restOf(part, textNames))
const isPlain = (part: Fields) => isText(part) && part.thoughtSignature === undefined

const textNames = new Set(['text', 'thought', 'thoughtSignature'])
