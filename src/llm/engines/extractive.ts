// A chat model without weights: it answers with sentences, rows and items quoted from the retrieved passages of the
// request, each with its citation, or says that the documents do not hold the answer. Retrieves nothing itself.

import { type ArchitectError, languageOfText } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import type { ChatEvent, ChatModel, ChatRequest, ChatStream, Frame, ModelFacts } from '../contract.js'
import { estimateRequestTokens, estimateTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder, type OutcomeBuilder } from '../outcome-builder.js'
import { extractAnswer, notInDocuments, type Quotation } from './extractive-answer.js'
import type { RetrievedText } from './extractive-features.js'
import { unmetIn } from './extractive-limits.js'
import { refuseHosted } from './refuse-hosted.js'

export interface ExtractiveModelOptions {
  readonly id: string
  readonly facts?: Partial<ModelFacts>
}

const defaultFacts: ModelFacts = {
  contextLength: 32_768,
  tools: false,
  vision: false,
  languages: ['en', 'zh-TW'],
  priceKey: 'extractive',
}

/**
 * Reads the parts with source `retrieved` and the last text of the user. Token counts are estimates. Streams one
 * quotation after the other; stops after `maxOutputTokens` with the finish reason `length`, and before a text of
 * `stop`. A prompt of no passages is answered with `notInDocuments`. Rejects with `llm.not-capable` what it cannot do,
 * and with `llm.context-exceeded` a prompt that leaves no room for an answer, by the estimate.
 * @example createExtractiveModel({ id: 'extractive' })
 */
export const createExtractiveModel = ({ id, facts: given }: ExtractiveModelOptions): ChatModel => {
  const facts = { ...defaultFacts, ...given }
  return {
    id,
    facts,
    countTokens: estimateRequestTokens,
    open: async (request, call) => {
      refuseHosted(request, 'extractive')
      const result = createOutcomeBuilder(id, () => estimateRequestTokens(request).tokens)
      result.markReceived()
      if (call.signal.aborted) throw refusedBefore('cancelled', cancelled(id, 'aborted'), result)
      const unmet = unmetIn(request)
      if (unmet)
        throw refusedBefore('failed', llmError('llm.not-capable', { deployment: id, ...unmet }), result)
      const { contextLength } = facts
      const { tokens } = estimateRequestTokens(request)
      if (tokens >= contextLength)
        throw refusedBefore(
          'failed',
          llmError('llm.context-exceeded', { deployment: id, tokens, contextLength }),
          result,
        )
      const frames = framesOf(call.requestId, request)
      const stream = createStream(id, {
        frames: request.stream ? frames : [merged(frames)],
        result,
        signal: call.signal,
      })
      return stream
    },
  }
}

const cancelled = (id: string, reason: string) => llmError('llm.cancelled', { deployment: id, reason })

const refusedBefore = (
  end: 'cancelled' | 'failed',
  error: ArchitectError,
  result: OutcomeBuilder,
): ArchitectError => withAttempts(error, result.settle(end, error).attempts)

const merged = (frames: readonly Frame[]): Frame => frameOf(frames.flatMap((frame) => frame.events()))

/** One frame for each quotation and one for the end; the first also starts every choice. */
const framesOf = (requestId: string, request: ChatRequest): readonly Frame[] => {
  const { quotations, finish } = answerTo(request)
  const choices = Array.from({ length: request.choices ?? 1 }, (_, choice) => choice)
  const frames: ChatEvent[][] = []
  let said = 0
  for (const { text, quoted } of quotations) {
    const events = choices.flatMap((choice): ChatEvent[] => [
      { type: 'text', choice, text },
      ...(quoted
        ? [
            {
              type: 'citation',
              choice,
              passage: quoted.passage,
              start: said + quoted.start,
              end: said + quoted.end,
            } as const,
          ]
        : []),
    ])
    frames.push(events)
    said += text.length
  }
  const starts = choices.map((choice) => ({ type: 'start', choice, id: `chatcmpl-${requestId}` }) as const)
  frames[0] = [...starts, ...(frames[0] ?? [])]
  frames.push(choices.map((choice) => ({ type: 'finish', choice, reason: finish }) as const))
  return frames.map(frameOf)
}

const answerTo = (request: ChatRequest): { quotations: readonly Quotation[]; finish: 'stop' | 'length' } => {
  const passages: RetrievedText[] = []
  let question = ''
  for (const { role, parts } of request.messages)
    for (const part of parts) {
      if (part.type !== 'text') continue
      if (part.source === 'retrieved' && part.passage)
        passages.push({ text: part.text, reference: part.passage })
      else if (role === 'user' && part.source === 'user') question = part.text
    }
  const all =
    question.trim() === ''
      ? [{ text: notInDocuments[languageOfText(question)] }]
      : extractAnswer(question, passages)
  return cutAt(endedBy(all, request.stop ?? []), request.maxOutputTokens ?? Number.POSITIVE_INFINITY)
}

/** What stands before the first text at which the answer is to end. */
const endedBy = (all: readonly Quotation[], stop: readonly string[]): readonly Quotation[] => {
  const whole = all.map(({ text }) => text).join('')
  const places = stop.filter((text) => text !== '').map((text) => whole.indexOf(text))
  const end = Math.min(...places.filter((place) => place >= 0))
  let said = 0
  return all.flatMap((quotation) => {
    const left = end - said
    said += quotation.text.length
    if (left <= 0) return []
    return quotation.text.length <= left ? [quotation] : [startOf(quotation, left)]
  })
}

/** Whole quotations as far as the tokens reach, and of the first one what they reach of it. */
const cutAt = (all: readonly Quotation[], maxTokens: number) => {
  const quotations: Quotation[] = []
  let tokens = 0
  for (const quotation of all) {
    tokens += estimateTokens(quotation.text)
    if (tokens <= maxTokens) {
      quotations.push(quotation)
      continue
    }
    if (quotations.length === 0) quotations.push(shortened(quotation, maxTokens))
    return { quotations, finish: 'length' as const }
  }
  return { quotations, finish: 'stop' as const }
}

const shortened = (quotation: Quotation, maxTokens: number): Quotation => {
  const { text } = quotation
  const end = Math.max(1, Math.floor((text.length * maxTokens) / estimateTokens(text)))
  return startOf(quotation, /[\udc00-\udfff]/.test(text[end] ?? '') ? end + 1 : end)
}

/** The first `end` code units of a quotation, and the citation of what is left of it. */
const startOf = ({ text, quoted }: Quotation, end: number): Quotation => {
  const kept = text.slice(0, end)
  if (!quoted || quoted.start >= end) return { text: kept }
  const lost = Math.max(0, quoted.end - end)
  const passage = quoted.passage
  const isExact = passage.end - passage.start === quoted.end - quoted.start
  return {
    text: kept,
    quoted: {
      start: quoted.start,
      end: Math.min(quoted.end, end),
      passage: isExact ? { ...passage, end: passage.end - lost } : passage,
    },
  }
}

/** Promises 7 and 8: the outcome settles before the last frame is yielded, and at once when it is cancelled. */
const createStream = (
  id: string,
  { frames, result, signal }: { frames: readonly Frame[]; result: OutcomeBuilder; signal: AbortSignal },
): ChatStream => {
  const waiting = [...frames]
  const stop = (reason: string) => {
    if (result.isSettled()) return
    result.settle('cancelled', cancelled(id, reason))
    waiting.length = 0
  }
  const onAbort = () => {
    if (result.isSettled()) return
    stop('aborted')
    waiting.push(frameOf([{ type: 'error', choice: 0, error: cancelled(id, 'aborted') }]))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  void result.outcome.then(() => signal.removeEventListener('abort', onAbort))

  const next = async (): Promise<IteratorResult<Frame>> => {
    const frame = waiting.shift()
    if (!frame) return { done: true, value: undefined }
    for (const event of frame.events()) {
      if (event.type === 'text') result.addOutputTokens(estimateTokens(event.text))
      if (event.type === 'finish') result.addFinish(event.choice, event.reason)
    }
    if (waiting.length > 0 || result.isSettled()) return { done: false, value: frame }
    const { usage } = result.settle('finished')
    return { done: false, value: frameOf([...frame.events(), { type: 'usage', choice: 0, usage }]) }
  }
  return {
    answeredBy: { deployment: id, model: id },
    head: { status: 200, headers: new Map() },
    outcome: result.outcome,
    frames: {
      [Symbol.asyncIterator]: () => ({
        next,
        return: async () => {
          stop('client-gone')
          return { done: true, value: undefined }
        },
      }),
    },
    cancel: (reason) => {
      stop(reason)
      waiting.length = 0
      return result.outcome
    },
  }
}
