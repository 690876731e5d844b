// An engine without weights: its answers are quotations from the retrieved passages, each with its citation, or the
// statement that the documents do not hold the answer. Knows no index; it reads what stands in the request.

import { noUsage, type Usage } from '../../core/index.js'
import { answerStream } from '../answer-stream.js'
import { withAttempts } from '../attempts.js'
import type { ChatEvent, ChatModel, ChatRequest, Frame, ModelFacts } from '../contract.js'
import { estimateRequestTokens, estimateTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { llmError } from '../messages.js'
import { extractAnswer, type Quotation } from './extractive-answer.js'
import type { RetrievedText } from './extractive-features.js'

export interface ExtractiveOptions {
  readonly id: string
  readonly facts: ModelFacts
}

/**
 * Answers from text parts whose `source` is `retrieved`, to the last text of the user, in the question's language.
 * Token counts are estimates. `maxOutputTokens` cuts between quotations and ends with the reason `length`.
 * @example
 * const model = createExtractiveModel({ id: 'extractive', facts })
 */
export const createExtractiveModel = ({ id, facts }: ExtractiveOptions): ChatModel => ({
  id,
  facts,
  countTokens: estimateRequestTokens,
  open: async (request, { signal }) => {
    if (signal.aborted) {
      const error = llmError('llm.cancelled', { deployment: id, reason: 'aborted' })
      throw withAttempts(error, [
        { deployment: id, usage: noUsage, usageSource: 'none', end: 'cancelled', error },
      ])
    }
    const { kept, reason } = withinLimit(extractAnswer(questionOf(request), passagesOf(request)), request)
    const usage = usageOf(request, kept)
    return answerStream({
      answeredBy: { deployment: id, model: 'extractive' },
      frames: framesOf(kept, { id, reason, usage, stream: request.stream }),
      outcome: {
        usage,
        finish: new Map([[0, reason]]),
        attempts: [{ deployment: id, usage, usageSource: 'estimated', end: 'finished' }],
      },
    })
  },
})

const questionOf = ({ messages }: ChatRequest): string => {
  const last = messages.findLast(({ role }) => role === 'user')
  return (last?.parts ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

const passagesOf = ({ messages }: ChatRequest): RetrievedText[] =>
  messages.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.type === 'text' && part.source === 'retrieved' && part.passage
        ? [{ text: part.text, reference: part.passage }]
        : [],
    ),
  )

/** Whole quotations up to the limit, and at least one: half a quotation would not be what the document says. */
const withinLimit = (quotations: readonly Quotation[], { maxOutputTokens }: ChatRequest) => {
  let tokens = 0
  const kept = quotations.filter(({ text }, i) => {
    tokens += estimateTokens(text)
    return i === 0 || maxOutputTokens === undefined || tokens <= maxOutputTokens
  })
  return { kept, reason: kept.length < quotations.length ? 'length' : 'stop' }
}

const usageOf = (request: ChatRequest, quotations: readonly Quotation[]): Usage => ({
  input: { ...noUsage.input, total: estimateRequestTokens(request).tokens },
  output: { ...noUsage.output, total: estimateTokens(quotations.map(({ text }) => text).join('')) },
})

interface Ending {
  readonly id: string
  readonly reason: string
  readonly usage: Usage
  readonly stream: boolean
}

/** One frame per quotation, the first with the start, the last with the end; one in all when not streaming. */
const framesOf = (quotations: readonly Quotation[], { id, reason, usage, stream }: Ending): Frame[] => {
  let offset = 0
  const groups = quotations.map(({ text, quoted }, i): ChatEvent[] => {
    const start: ChatEvent[] = i === 0 ? [{ type: 'start', choice: 0, model: id }] : []
    const citation: ChatEvent[] = quoted
      ? [
          {
            type: 'citation',
            choice: 0,
            passage: quoted.passage,
            start: offset + quoted.start,
            end: offset + quoted.end,
          },
        ]
      : []
    offset += text.length
    return [...start, { type: 'text', choice: 0, text }, ...citation]
  })
  const ending: ChatEvent[] = [
    { type: 'finish', choice: 0, reason },
    { type: 'usage', choice: 0, usage },
  ]
  return stream ? [...groups, ending].map(frameOf) : [frameOf([...groups.flat(), ...ending])]
}
