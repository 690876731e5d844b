// Writes events as OpenAI's Responses API streams them: those that came from it as they came, with every copy of a
// text filled from what was really said; any other in items that are opened and closed as needed. Sequence numbers
// are counted anew from the first one. A response has one choice; other choices and the items of other dialects
// have no place in it.

import { noUsage, type Usage } from '../../core/index.js'
import type { ChatEvent } from '../contract.js'
import { type CallOrder, createCallOrder } from './call-order.js'
import { type Fields, numberOf, objectOf, stringOf } from './fields.js'
import { writeLogProbabilities } from './openai-log-probabilities.js'
import { createSaid, dialect, fillCopies, keyOfEvent, responsesNative } from './openai-responses-native.js'
import { createOpenItem } from './openai-responses-open-item.js'
import { writeUsage } from './openai-responses-usage.js'
import { writePassage } from './passage-url.js'
import type { EncoderOptions, ErrorBody } from './wire-codec.js'

export interface EventWriter {
  write(event: ChatEvent): readonly Fields[]
  /** What closes the response. */
  end(): readonly Fields[]
  /** What closes it when it has failed: the error, and the response as far as it came. */
  fail(error: ErrorBody): readonly Fields[]
  /** Gives an event its number in the stream. */
  numbered(event: Fields): Fields
}

export const createEventWriter = (options: EncoderOptions): EventWriter => {
  const said = createSaid()
  const open = createOpenItem(said, stringOf(options.repeats?.id) ?? options.id)
  /** Undefined before the first call of another dialect. */
  let order: CallOrder | undefined
  let skeleton: Fields | undefined
  let isFinished = false
  let finish: string | undefined
  let usage: Usage | undefined
  let nextNumber: number | undefined

  const start = (): readonly Fields[] => {
    if (skeleton) return []
    skeleton = emptyResponse(options)
    const inProgress = { type: 'response.in_progress', response: skeleton }
    if (!options.isQueued) return [{ type: 'response.created', response: skeleton }, inProgress]
    const queued = { ...skeleton, status: 'queued' }
    return [
      { type: 'response.created', response: queued },
      { type: 'response.queued', response: queued },
      inProgress,
    ]
  }

  /** What an engine says of a response that has begun here already. */
  const joinBeginning = (native: Fields): readonly Fields[] => {
    const events = start()
    const own = skeleton ?? {}
    skeleton = { ...own, ...objectOf(native.response), created_at: own.created_at, status: 'in_progress' }
    return events
  }

  const writeNative = (came: Fields, event: ChatEvent): readonly Fields[] => {
    const native = repeating(came, options.repeats)
    if (options.isQueued && beginnings.has(native.type)) return joinBeginning(native)
    if (native.type === 'response.created') skeleton = objectOf(native.response)
    if (isEnd(native)) {
      const closing = open.close()
      isFinished = true
      return [...closing, fillCopies(native, said)]
    }
    if (!String(native.type).endsWith('.delta')) {
      // A text that an editor moved into an event that marks structure is said before it.
      const moved = 'text' in event && event.text !== '' ? open.write({ ...event, extra: {} }) : []
      const annotation =
        event.type === 'citation' ? annotationOf(event, objectOf(native.annotation)) : undefined
      const filled = fillCopies(annotation ? { ...native, annotation } : native, said)
      open.track(filled)
      return [...moved, filled]
    }
    const delta = 'text' in event ? event.text : event.type === 'tool-call' ? event.arguments : ''
    const key = keyOfEvent(native)
    said.addText(key, delta)
    const logprobs =
      event.type === 'text' && event.logprobs ? writeLogProbabilities(event.logprobs) : undefined
    if (logprobs) said.addLogprobs(key, logprobs)
    return [{ ...native, delta, ...(logprobs && { logprobs }) }]
  }

  const writeItem = (value: Fields): readonly Fields[] => {
    open.track(value)
    return [value]
  }

  const writeForeign = (event: ChatEvent): readonly Fields[] => {
    if (event.type === 'finish') {
      finish = event.reason
      const final = responsesNative(event)?.final
      if (final) skeleton = { ...final, ...options.repeats, created_at: (skeleton ?? final).created_at }
    }
    if (event.type === 'citation') return open.annotate(annotationOf(event))
    return open.write(event)
  }

  return {
    write: (event) => {
      const native = responsesNative(event)
      if (event.type === 'usage') usage = event.usage
      if (native?.isRepeated) return []
      if (native?.event) return writeNative(native.event, event)
      if (event.type === 'item' && event.dialect === dialect) return writeItem(objectOf(event.value) ?? {})
      if (event.choice > 0 || event.type === 'error') return []
      if (event.type === 'tool-call') order ??= createCallOrder()
      const inOrder = order ? order.put(event) : [event]
      return [...start(), ...inOrder.flatMap(writeForeign)]
    },
    end: () => {
      if (isFinished) return []
      const beginning = start()
      const closing = [...(order?.flush() ?? []).flatMap(writeForeign), ...open.close(finish === 'length')]
      const response = finalResponse({ skeleton: skeleton ?? {}, finish, usage, output: open.output() })
      // The API has no event of its own for a response that was cancelled.
      const end = response.status === 'cancelled' ? 'incomplete' : response.status
      return [...beginning, ...closing, { type: `response.${end}`, response }]
    },
    fail: (error) => [
      errorEvent(error),
      {
        type: 'response.failed',
        response: failedResponse(error, {
          skeleton: skeleton ?? emptyResponse(options),
          finish,
          usage,
          output: open.output(),
        }),
      },
    ],
    numbered: (event) => {
      nextNumber ??= numberOf(event.sequence_number) ?? 0
      return { ...event, sequence_number: nextNumber++ }
    },
  }
}

const repeating = (event: Fields, repeats: Fields | undefined): Fields => {
  const response = repeats && objectOf(event.response)
  return response ? { ...event, response: { ...response, ...repeats } } : event
}

const beginnings: ReadonlySet<unknown> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
])

const isEnd = (event: Fields) => event.type === 'response.completed' || event.type === 'response.incomplete'

/** Fields the API promises, for a response that did not come from it. */
const emptyResponse = ({ id, model, createdSeconds, repeats }: EncoderOptions): Fields => ({
  id,
  object: 'response',
  created_at: createdSeconds,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model,
  output: [],
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  ...repeats,
})

interface FinalParts {
  readonly skeleton: Fields
  readonly finish: string | undefined
  readonly usage: Usage | undefined
  readonly output: readonly unknown[]
}

const finalResponse = ({ skeleton, finish, usage, output }: FinalParts) => {
  const incomplete =
    finish === 'length' ? 'max_output_tokens' : finish === 'content_filter' ? finish : undefined
  return {
    ...skeleton,
    status: finish === 'cancelled' ? finish : incomplete ? 'incomplete' : 'completed',
    incomplete_details: incomplete ? { reason: incomplete } : null,
    output,
    usage: writeUsage(usage ?? noUsage),
  }
}

/** Its fields, as the reference has them, and in `error`, where OpenAI's servers put them and its clients look. */
const errorEvent = (error: ErrorBody): Fields => {
  const { type, code, message, param } = error
  return { type: 'error', code, message, param, error: { type, code, message, param } }
}

/** A response knows few codes for what went wrong. */
const failedResponse = ({ type, code, message }: ErrorBody, { skeleton, usage, output }: FinalParts) => ({
  ...skeleton,
  status: 'failed',
  error: {
    code: [type, code].includes('rate_limit_exceeded') ? 'rate_limit_exceeded' : 'server_error',
    message,
  },
  output,
  ...(usage && { usage: writeUsage(usage) }),
})

type CitationEvent = Extract<ChatEvent, { readonly type: 'citation' }>

const annotationOf = ({ passage, start, end }: CitationEvent, native?: Fields): Fields => ({
  ...native,
  type: 'url_citation',
  ...writePassage(passage),
  start_index: start,
  end_index: end,
})

/** The final response of a whole stream of events. */
export const foldResponse = (events: readonly Fields[]): Record<string, unknown> => {
  const last = events.findLast((event) => objectOf(event.response) !== undefined)
  return { ...objectOf(last?.response) }
}
