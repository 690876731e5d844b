// Writes events as the chunks of a Gemini stream. Events that came from one chunk go back into one; events of another
// origin get a chunk each, with two exceptions: a call waits until its arguments are whole, as this API has no pieces
// of them, and finish reasons wait for the last chunk, which also carries the usage.

import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import type { Fields } from './fields.js'
import { geminiNative } from './gemini-native.js'
import { createCallCollector } from './gemini-pending-calls.js'
import { writeFinishReason, writeUsage } from './gemini-usage.js'
import {
  addToCandidate,
  type CandidateDraft,
  emptyCandidate,
  writeCandidate,
} from './gemini-write-candidate.js'
import type { EncoderOptions } from './wire-codec.js'

export interface ChunkWriter {
  /** The chunks that are complete; the one in hand waits for more events of its origin. */
  write(event: ChatEvent): readonly Fields[]
  /** The chunk in hand. */
  flush(): readonly Fields[]
  /** What closes the answer. */
  end(): readonly Fields[]
}

interface ChunkDraft {
  readonly envelope: Fields
  readonly candidates: Map<number, CandidateDraft>
  usage?: Fields
}

interface WriterState {
  readonly head: Fields
  readonly calls: ReturnType<typeof createCallCollector>
  /** What each choice has said. */
  readonly texts: Map<number, string>
  /** Finish reasons that wait for the last chunk. */
  readonly finishes: Map<number, string>
  draft: ChunkDraft | undefined
  usage: Fields | undefined
  isUsageWritten: boolean
}

export const createChunkWriter = ({ id, model }: EncoderOptions): ChunkWriter => {
  const state: WriterState = {
    head: { modelVersion: model, responseId: id },
    calls: createCallCollector(),
    texts: new Map(),
    finishes: new Map(),
    draft: undefined,
    usage: undefined,
    isUsageWritten: true,
  }
  return {
    write: (event) => (geminiNative(event) ? writeNative(event, state) : writeForeign(event, state)),
    flush: () => flush(state),
    end: () => [...flush(state), ...writeEnd(state)],
  }
}

const flush = (state: WriterState): readonly Fields[] => {
  const { draft } = state
  state.draft = undefined
  return draft ? [chunkOf(draft)] : []
}

const chunkOf = ({ envelope, candidates, usage }: ChunkDraft): Fields => ({
  ...(candidates.size > 0 && { candidates: [...candidates.values()].map(writeCandidate) }),
  ...(usage && { usageMetadata: usage }),
  ...envelope,
})

const writeNative = (event: ChatEvent, state: WriterState): readonly Fields[] => {
  const native = geminiNative(event)
  if (!native) return []
  const done = state.draft?.envelope === native.envelope ? [] : flush(state)
  state.draft ??= { envelope: native.envelope, candidates: new Map() }
  if (event.type === 'usage') {
    state.draft.usage = native.usage ?? writeUsage(event.usage)
    state.usage = state.draft.usage
  } else if (!native.isStructure) addEvent(state.draft, event, state)
  return done
}

const addEvent = (draft: ChunkDraft, event: ChatEvent, { texts }: WriterState) => {
  const { choice } = event
  const candidate = draft.candidates.get(choice) ?? emptyCandidate(choice, geminiNative(event) !== undefined)
  draft.candidates.set(choice, candidate)
  if (event.type === 'text' || event.type === 'refusal')
    texts.set(choice, (texts.get(choice) ?? '') + event.text)
  addToCandidate(candidate, event, texts.get(choice) ?? '')
}

const writeForeign = (event: ChatEvent, state: WriterState): readonly Fields[] => {
  if (event.type === 'usage') {
    state.usage = writeUsage(event.usage)
    state.isUsageWritten = false
    return []
  }
  if (event.type === 'tool-call') {
    state.calls.add(event)
    return []
  }
  if (event.type === 'finish') {
    state.finishes.set(event.choice, event.reason)
    return chunksOf(state.calls.take(event.choice, 'all'), state)
  }
  const isSaid = event.type !== 'item' && (isContent(event) || hasMore(event))
  return isSaid ? chunksOf([...state.calls.take(event.choice, 'whole'), event], state) : []
}

/** A signature or log probabilities without a text. */
const hasMore = (event: ChatEvent) =>
  (event.type === 'reasoning' && event.signature !== undefined) ||
  ('logprobs' in event && !!event.logprobs?.length)

/** A chunk for each event. */
const chunksOf = (events: readonly ChatEvent[], state: WriterState): readonly Fields[] => [
  ...flush(state),
  ...events.map((event) => {
    const draft: ChunkDraft = { envelope: state.head, candidates: new Map() }
    addEvent(draft, event, state)
    return chunkOf(draft)
  }),
]

const writeEnd = (state: WriterState): readonly Fields[] => {
  const { calls, finishes, head, usage, isUsageWritten } = state
  const left = chunksOf(calls.takeAll(), state)
  const candidates = [...finishes].map(([index, reason]) => ({
    content: { parts: [{ text: '' }], role: 'model' },
    ...finishOf(reason, calls.brokenOff(index)),
    index,
  }))
  if (candidates.length === 0 && isUsageWritten) return left
  const last = {
    ...(candidates.length > 0 && { candidates }),
    ...(usage && { usageMetadata: usage }),
    ...head,
  }
  return [...left, last]
}

/** As the API itself ends an answer whose call cannot be read. */
const finishOf = (reason: string, brokenOff: string | undefined): Fields => {
  const finishReason = writeFinishReason(reason)
  if (brokenOff === undefined) return { finishReason }
  const finishMessage = `Malformed function call: ${brokenOff}`
  return { finishReason: finishReason === 'STOP' ? 'MALFORMED_FUNCTION_CALL' : finishReason, finishMessage }
}
