// Reads one candidate of a Gemini answer or chunk: its parts in order, what it cites, and why it ended. A function is
// called in one part with all its arguments; a call that comes in pieces (`partialArgs`) stays an item.

import { randomUUID } from 'node:crypto'
import type { ChatEvent } from '../contract.js'
import { compact, type Fields, isEmpty, listOf, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { readLogProbabilities } from './gemini-log-probabilities.js'
import { dialect, type GeminiNative, withNative } from './gemini-native.js'
import { readFinishReason } from './gemini-usage.js'
import { readPassage } from './passage-url.js'
import { textOffset } from './utf8-offset.js'

/** What has to be known of a candidate's earlier chunks. */
export interface CandidateState {
  calls: number
  /** What it has said so far; citations count in its bytes. */
  text: string
}

export const newCandidate = (): CandidateState => ({ calls: 0, text: '' })

interface CandidatePlace {
  readonly position: number
  readonly envelope: Fields
  readonly stateOf: (choice: number) => CandidateState
}

interface Reading {
  readonly choice: number
  readonly envelope: Fields
  readonly state: CandidateState
  readonly events: ChatEvent[]
  /** What is left of the candidate, for its first event. */
  readonly rest: Record<string, unknown>
}

export const readCandidate = (
  candidate: Fields,
  { position, envelope, stateOf }: CandidatePlace,
): readonly ChatEvent[] => {
  const choice = numberOf(candidate.index) ?? position
  const content = objectOf(candidate.content)
  const parts = listOf(content?.parts)
  const rest = { ...candidate }
  if (content && parts.length > 0) rest.content = restOf(content, new Set(['parts']))
  const reading: Reading = { choice, envelope, state: stateOf(choice), events: [], rest }
  for (const part of parts) reading.events.push(readPart(objectOf(part) ?? {}, reading))
  readLogprobs(reading)
  readCitations(reading)
  readFinish(reading)
  if (reading.events.length === 0)
    reading.events.push({ type: 'start', choice, ...withNative({ envelope, candidate: rest }) })
  return reading.events
}

/** The first event of a candidate carries what is left of it. */
const native = ({ events, envelope, rest }: Reading, own: Partial<GeminiNative> = {}) =>
  withNative({ envelope, ...(events.length === 0 && { candidate: rest }), ...own })

const readPart = (part: Fields, reading: Reading): ChatEvent => {
  const { choice, state } = reading
  const text = stringOf(part.text)
  const signature = stringOf(part.thoughtSignature)
  if (objectOf(part.functionCall)) {
    const call = readCall(part, reading)
    if (call) return call
  } else if (text !== undefined && part.thought !== true) {
    state.text += text
    return { type: 'text', choice, text, ...native(reading, { part: restOf(part, textName) }) }
  } else if (text !== undefined || isEmpty(restOf(part, thoughtNames))) {
    const kept = {
      part: restOf(part, signature === undefined ? textName : signedNames),
      hasText: text !== undefined,
    }
    return {
      type: 'reasoning',
      choice,
      text: text ?? '',
      ...compact({ signature }),
      ...native(reading, kept),
    }
  }
  return { type: 'item', choice, dialect, value: part, ...native(reading) }
}

const textName = new Set(['text'])
const signedNames = new Set(['text', 'thoughtSignature'])
const thoughtNames = new Set(['thought', 'thoughtSignature'])
const callNames = new Set(['id', 'name', 'args'])

const readCall = (part: Fields, reading: Reading): ChatEvent | undefined => {
  const { choice, envelope, state } = reading
  const call = objectOf(part.functionCall) ?? {}
  const name = stringOf(call.name)
  if (name === undefined || call.partialArgs !== undefined || call.willContinue === true) return undefined
  const index = state.calls++
  const id = stringOf(call.id)
  const answer = stringOf(envelope.responseId) ?? randomUUID()
  return {
    type: 'tool-call',
    choice,
    index,
    id: id ?? `call_${answer}_${choice}_${index}`,
    name,
    arguments: JSON.stringify(call.args ?? {}),
    ...compact({ signature: stringOf(part.thoughtSignature) }),
    ...native(reading, {
      part: { ...part, functionCall: restOf(call, callNames) },
      hasId: id !== undefined,
    }),
  }
}

/** Belong to the candidate's first text or call in this chunk. */
const readLogprobs = ({ events, rest }: Reading) => {
  const result = objectOf(rest.logprobsResult)
  const at = events.findIndex(({ type }) => type === 'text' || type === 'tool-call')
  const logprobs = result && at >= 0 ? readLogProbabilities(result) : undefined
  if (!result || !logprobs) return
  const left = restOf(result, new Set(['chosenCandidates', 'topCandidates']))
  if (isEmpty(left)) delete rest.logprobsResult
  else rest.logprobsResult = left
  events[at] = { ...events[at], logprobs } as ChatEvent
}

/** Those of our passages become events; others stay in the rest. */
const readCitations = (reading: Reading) => {
  const { choice, events, rest, state } = reading
  const metadata = objectOf(rest.citationMetadata)
  if (!metadata) return
  const others: unknown[] = []
  const cited: ((own: Reading) => ChatEvent)[] = []
  for (const [citationAt, value] of listOf(metadata.citationSources).entries()) {
    const citation = objectOf(value) ?? {}
    const passage = readPassage({ ...citation, url: citation.uri })
    if (!passage) {
      others.push(value)
      continue
    }
    const offset = (at: unknown) => textOffset(state.text, numberOf(at) ?? 0)
    cited.push((own) => ({
      type: 'citation',
      choice,
      passage,
      start: offset(citation.startIndex),
      end: offset(citation.endIndex),
      ...native(own, { citation, citationAt }),
    }))
  }
  if (cited.length === 0) return
  const left = { ...metadata, citationSources: others }
  if (others.length > 0 || Object.keys(metadata).length > 1) rest.citationMetadata = left
  else delete rest.citationMetadata
  for (const cite of cited) events.push(cite(reading))
}

const readFinish = (reading: Reading) => {
  const { choice, events, rest, state } = reading
  const finishReason = stringOf(rest.finishReason)
  if (finishReason === undefined) return
  delete rest.finishReason
  const reason = readFinishReason(finishReason, state.calls > 0)
  events.push({ type: 'finish', choice, reason, ...native(reading, { finishReason }) })
}
