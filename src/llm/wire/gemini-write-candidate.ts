// Puts events back into one candidate of a Gemini answer or chunk. The counterpart of gemini-read-candidate.ts.

import type { ChatEvent, LogProbability } from '../contract.js'
import { compact, type Fields, fieldsIn, listOf, objectOf, stringOf } from './fields.js'
import { writeLogProbabilities } from './gemini-log-probabilities.js'
import { dialect, geminiNative } from './gemini-native.js'
import { writeFinishReason } from './gemini-usage.js'
import { writePassage } from './passage-url.js'
import { byteOffset } from './utf8-offset.js'

export interface CandidateDraft {
  readonly index: number
  /** Whether it came from this API, so that what it leaves out it means to leave out. */
  readonly isNative: boolean
  /** Fields of the candidate beside its parts. */
  readonly outer: Record<string, unknown>
  readonly parts: Fields[]
}

export const emptyCandidate = (index: number, isNative: boolean): CandidateDraft => ({
  index,
  isNative,
  outer: {},
  parts: [],
})

/** Adds what an event says, but for calls of other dialects. @param said the choice's text up to here */
export const addToCandidate = (draft: CandidateDraft, event: ChatEvent, said: string): void => {
  const native = geminiNative(event)
  if (native?.candidate) Object.assign(draft.outer, native.candidate)
  if ('logprobs' in event && event.logprobs) addLogProbabilities(draft, event.logprobs)
  if (event.type === 'text' || event.type === 'refusal')
    draft.parts.push({ ...native?.part, text: event.text })
  else if (event.type === 'reasoning') draft.parts.push(writeReasoning(event))
  else if (event.type === 'tool-call') addCall(draft, event)
  else if (event.type === 'citation') addCitation(draft, event, said)
  else if (event.type === 'item' && event.dialect === dialect) draft.parts.push(objectOf(event.value) ?? {})
  else if (event.type === 'finish')
    draft.outer.finishReason = writeFinishReason(event.reason, native?.finishReason)
  if (native?.candidate) dropUnsaid(draft.outer, said)
}

const addLogProbabilities = ({ outer }: CandidateDraft, entries: readonly LogProbability[]) => {
  outer.logprobsResult = joinLogProbabilities(
    objectOf(outer.logprobsResult) ?? {},
    writeLogProbabilities(entries),
  )
}

/** One result of two that follow each other. */
export const joinLogProbabilities = (before: Fields, after: Fields): Fields => {
  const joined: Record<string, unknown> = { ...before, ...after }
  for (const name of ['chosenCandidates', 'topCandidates']) {
    const both = [...listOf(before[name]), ...listOf(after[name])]
    if (both.length > 0) joined[name] = both
  }
  return joined
}

/** Clients decode a signature as base64, so that of another dialect has to be that. */
const isBase64 = (text: string) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)

const writeReasoning = (event: Extract<ChatEvent, { readonly type: 'reasoning' }>): Fields => {
  const native = geminiNative(event)
  const { text, signature } = event
  const signed =
    signature !== undefined && (native || isBase64(signature)) ? { thoughtSignature: signature } : {}
  if (!native) return { text, thought: true, ...signed }
  const hasText = native.hasText !== false || text !== ''
  return { ...native.part, ...(hasText && { text }), ...signed }
}

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

/** A call whose arguments are no object, since somebody edited them, is not made. */
const addCall = ({ parts }: CandidateDraft, event: ToolCallEvent) => {
  const native = geminiNative(event)
  const args = parseArguments(event.arguments)
  if (!args) return
  const { functionCall, ...outer } = native?.part ?? {}
  const id = native?.hasId === false ? undefined : event.id
  parts.push({
    ...outer,
    functionCall: { ...objectOf(functionCall), ...compact({ id, name: event.name }), args },
  })
}

/** Undefined when the text is not a JSON object, perhaps not yet. */
export const parseArguments = (text: string): Fields | undefined => fieldsIn(text === '' ? '{}' : text)

const addCitation = (
  { outer }: CandidateDraft,
  event: Extract<ChatEvent, { readonly type: 'citation' }>,
  said: string,
) => {
  const { url, ...rest } = writePassage(event.passage)
  const native = geminiNative(event)
  const written = {
    ...native?.citation,
    startIndex: byteOffset(said, event.start),
    endIndex: byteOffset(said, event.end),
    uri: url,
    ...rest,
  }
  const metadata = objectOf(outer.citationMetadata)
  const citations = listOf(metadata?.citationSources)
  const at = native?.citationAt ?? citations.length
  outer.citationMetadata = { ...metadata, citationSources: citations.toSpliced(at, 0, written) }
}

/** A support of a text that was not said, since an editor replaced it, would say it after all. */
const dropUnsaid = (outer: Record<string, unknown>, said: string) => {
  const metadata = objectOf(outer.groundingMetadata)
  if (!metadata || !Array.isArray(metadata.groundingSupports)) return
  const isSaid = (support: unknown) =>
    said.includes(stringOf(objectOf(objectOf(support)?.segment)?.text) ?? '')
  outer.groundingMetadata = { ...metadata, groundingSupports: metadata.groundingSupports.filter(isSaid) }
}

/** @param place among the candidates of its chunk, which tells which one it is where it has no index of its own */
export const writeCandidate = ({ index, isNative, outer, parts }: CandidateDraft, place: number): Fields => {
  const content = objectOf(outer.content)
  const said = parts.length > 0 ? { parts } : {}
  return {
    ...outer,
    ...((content || parts.length > 0) && {
      content: { ...content, ...said, ...(!isNative && { role: 'model' }) },
    }),
    ...((!isNative || (index !== place && !('index' in outer))) && { index }),
  }
}
