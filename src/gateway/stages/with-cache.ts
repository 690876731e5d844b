// Answers a request from memory when the very same one was answered before, for the same tenant and principal,
// under the same architecture, policy, prompt and documents. What is stored has passed the output guard.

import { contentHash } from '../../core/index.js'
import {
  answerStream,
  type ChatEvent,
  type ChatRequest,
  type ChatStream,
  codecs,
  createFrame,
  type Frame,
  frameOf,
  joinTexts,
  type Outcome,
  readyOf,
  type Wire,
  wireOf,
} from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type AnswerCache, type StoredAnswer, sizeOf } from '../answer-cache.js'
import { type GatewayCall, type Stage, withHeaders, withOpen } from '../call.js'

export interface CacheDeps {
  readonly cache: AnswerCache
  /** The version of the route's documents, '' without any; read at each request. */
  readonly knowledgeVersion: () => string
  /** Id and version of the guardrail policy, '' without one. */
  readonly policyVersion: string
  readonly metrics: Metrics
}

/** Longer answers are not stored. */
const maxAnswerBytes = 1024 * 1024

export const withCache =
  (deps: CacheDeps): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      if (call.caching === 'bypass' || !isRepeatable(request)) return inner.open(request, call)
      const key = keyOf(deps, request, call)
      const stored = call.caching === 'use' ? deps.cache.get(key) : undefined
      deps.metrics.cacheLookup(call.route, stored ? 'hit' : 'miss')
      if (stored) return withHeaders(replay(stored), { 'x-cache': 'hit' })
      const stream = await inner.open(request, call)
      return withHeaders(
        remember(stream, (answer) => deps.cache.put(key, answer)),
        { 'x-cache': 'miss' },
      )
    })

/** Who asks for a temperature above 0 asks for variety; a repeated answer would be wrong. */
const isRepeatable = ({ temperature }: ChatRequest) => temperature === undefined || temperature === 0

/**
 * The key. A decoded request is canonical: white space, escapes and the order of known fields are gone. `stream`
 * is part of it, since a stored answer is replayed in the framing it came in.
 */
const keyOf = (deps: CacheDeps, request: ChatRequest, call: GatewayCall): string =>
  contentHash(
    JSON.stringify([
      call.tenant,
      [...call.principal].sort(),
      call.route,
      call.promptVariant,
      call.routeArm,
      call.architectureHash,
      deps.policyVersion,
      deps.knowledgeVersion(),
      request,
    ]),
  )

const replay = (stored: StoredAnswer): ChatStream =>
  answerStream({
    answeredBy: { stage: 'cache' },
    frames: ['wire' in stored ? createFrame(stored.wire, decoderOf(stored.wire)) : frameOf(stored.events)],
  })

const decoderOf = (wire: Wire) => (bytes: Uint8Array) => {
  const codec = codecOf(wire)
  if (!codec) return []
  return wire.framing === 'sse'
    ? codec.createStreamDecoder().push(bytes)
    : codec.decodeAnswer(JSON.parse(Buffer.from(bytes).toString('utf8')))
}

const codecOf = ({ dialect }: Wire) =>
  dialect in codecs ? codecs[dialect as keyof typeof codecs] : undefined

/** The same stream; `store` gets the whole answer once it has finished and its last frame was taken. */
const remember = (stream: ChatStream, store: (answer: Whole) => void): ChatStream => {
  const collected = createCollector()
  const storeIfWhole = (outcome: Outcome | undefined) => {
    const answer = outcome?.end === 'finished' && isWhole(outcome) ? collected.answer() : undefined
    if (answer) store(answer)
  }
  const ready = readyOf(stream)
  if (ready) {
    ready.frames.forEach(collected.add)
    storeIfWhole(ready.outcome)
    return stream
  }
  let outcome: Outcome | undefined
  void stream.outcome.then((settled) => {
    outcome = settled
  })
  return {
    ...stream,
    frames: {
      [Symbol.asyncIterator]: () => {
        const inner = stream.frames[Symbol.asyncIterator]()
        const watch = (result: IteratorResult<Frame, unknown>) => {
          if (!result.done) collected.add(result.value)
          else storeIfWhole(outcome)
          return result
        }
        return {
          next: () => inner.next().then(watch),
          return: (value?: unknown) => inner.return?.(value) ?? Promise.resolve({ done: true, value }),
        }
      },
    },
  }
}

type Whole = Parameters<AnswerCache['put']>[1]

const isWhole = ({ finish }: Outcome) => ![...finish.values()].includes('content_filter')

/** Gathers bytes as long as every frame has them, events from the first that has none. */
const createCollector = () => {
  let pieces: Uint8Array[] = []
  let head: Wire | undefined
  let events: ChatEvent[] | undefined
  let passed = 0
  const isAlike = (wire: Wire) => (head ? wire.dialect === head.dialect : codecOf(wire) !== undefined)
  const decoded = () => (head ? decoderOf(head)(Buffer.concat(pieces)) : [])
  const add = (frame: Frame) => {
    const wire = wireOf(frame)
    passed += wire?.bytes.byteLength ?? 0
    if (passed > maxAnswerBytes) {
      pieces = []
      events = undefined
      return
    }
    if (!events && wire && isAlike(wire)) {
      head ??= wire
      pieces.push(wire.bytes)
      return
    }
    events ??= [...decoded()]
    events.push(...frame.events())
  }
  const answer = (): Whole | undefined => {
    if (passed > maxAnswerBytes) return undefined
    if (!events && head) {
      const { dialect, framing } = head
      return { dialect, framing, pieces }
    }
    const joined = joinTexts(events ?? [])
    return sizeOf({ events: joined }) > maxAnswerBytes ? undefined : { events: joined }
  }
  return { add, answer }
}
