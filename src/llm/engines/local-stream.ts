// One answer of a local model as a stream that keeps the promises of the contract: progress of the llama process in,
// frames out. Knows the process only as something that can be asked.

import { type ArchitectError, type Clock, toArchitectError } from '../../core/index.js'
import { isContent } from '../content.js'
import type { ChatCall, ChatEvent, ChatRequest, ChatStream } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import type { LlamaChatParams, LlamaChatProgress, LlamaChatResult } from '../local/protocol.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder } from '../outcome-builder.js'
import { watchAnswer } from './answer-watch.js'
import { createChatDelivery } from './chat-delivery.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { LlamaPort } from './local-port.js'
import type { Watchdog } from './watchdog.js'

export interface LocalAnswer {
  readonly port: LlamaPort
  readonly deployment: Pick<EngineDeployment, 'id' | 'model' | 'timeouts'>
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly params: LlamaChatParams
  readonly request: ChatRequest
  readonly call: ChatCall
}

export const openLocalAnswer = (answer: LocalAnswer): Promise<ChatStream> =>
  new Promise((resolve, reject) => {
    const { port, deployment, request, call, params } = answer
    const choices = Array.from({ length: request.choices ?? 1 }, (_, choice) => choice)
    const stop = new AbortController()
    const tally = createTally(choices.length)
    const result = createOutcomeBuilder(
      deployment.id,
      () => tally.promptTokens() ?? estimateRequestTokens(request).tokens,
    )
    const delivery = createChatDelivery({
      answeredBy: { deployment: deployment.id, model: deployment.model },
      result,
      areAllFinished: () => result.finishes().size === choices.length,
      settle: { resolve, reject },
      source: {
        commit: () => {},
        // What a context can hold is small enough to wait for the reader.
        pause: () => {},
        resume: () => {},
        abort: () => stop.abort(),
        complete: () => {},
      },
    })
    const watch = watchAnswer(answer, { fail: delivery.fail, outcome: result.outcome })
    if (result.isSettled()) return

    let unsaid: ChatEvent[] = choices.map((choice) => ({
      type: 'start',
      choice,
      id: `chatcmpl-${call.requestId}`,
    }))
    const say = (events: readonly ChatEvent[], isLast = false) => {
      if (result.isSettled()) return
      unsaid.push(...events)
      const hasContent = unsaid.some(isContent)
      if (!isLast && !(request.stream && hasContent)) return
      delivery.deliver(frameOf(unsaid), sizeOf(unsaid))
      if (hasContent) {
        watch.spoke()
        delivery.commit()
      }
      unsaid = []
    }

    const ask = async (choice: number) => {
      const onProgress = (value: unknown) => {
        if (result.isSettled()) return
        const progress = value as LlamaChatProgress
        result.markReceived()
        result.addOutputTokens(tally.progress(choice, progress))
        watch.worked()
        say(progress.said.map((utterance) => ({ ...utterance, choice })))
      }
      const seed = params.seed === undefined ? {} : { seed: params.seed + choice }
      const done = await port.request<Partial<LlamaChatResult>>(
        'chat',
        { ...params, ...seed },
        { signal: stop.signal, onProgress },
      )
      if (done.finish === undefined || result.isSettled()) return
      tally.finish(done)
      result.addFinish(choice, done.finish)
      const isLast = result.finishes().size === choices.length
      const usage = tally.usage()
      if (isLast && usage) result.setUsage(usage)
      say(
        [
          { type: 'finish', choice, reason: done.finish },
          ...(isLast && usage ? [{ type: 'usage', choice: 0, usage } as const] : []),
        ],
        isLast,
      )
    }
    Promise.all(choices.map(ask)).then(delivery.complete, (cause: unknown) =>
      delivery.fail(processError(deployment.id, cause)),
    )
  })

/** What the process counted, over all choices. A prompt is counted once, however many choices it has. */
const createTally = (choices: number) => {
  const seen = new Map<number, number>()
  const finished: Partial<LlamaChatResult>[] = []
  let promptTokens: number | undefined
  return {
    promptTokens: () => promptTokens,
    /** @returns tokens that are new */
    progress: (choice: number, progress: LlamaChatProgress): number => {
      promptTokens = progress.promptTokens
      const before = seen.get(choice) ?? 0
      seen.set(choice, progress.completionTokens)
      return progress.completionTokens - before
    },
    finish: (result: Partial<LlamaChatResult>) => {
      finished.push(result)
    },
    /** Undefined unless every choice was counted. */
    usage: () => {
      const counted = finished.filter(
        (result): result is LlamaChatResult => result.promptTokens !== undefined,
      )
      const [first] = counted
      if (!first || counted.length < choices) return undefined
      return {
        input: {
          total: first.promptTokens,
          cacheRead: Math.min(...counted.map(({ cachedTokens }) => cachedTokens)),
          cacheWrite: 0,
        },
        output: {
          total: sumOf(counted, 'completionTokens'),
          reasoning: sumOf(counted, 'reasoningTokens'),
        },
      }
    },
  }
}

const sumOf = (results: readonly LlamaChatResult[], field: 'completionTokens' | 'reasoningTokens') =>
  results.reduce((sum, result) => sum + (result[field] ?? 0), 0)

/** What a failure of the process means to who asked the model. */
const processError = (deployment: string, cause: unknown): ArchitectError => {
  const error = toArchitectError(cause)
  const detail = typeof error.params.detail === 'string' ? error.params.detail : error.message
  if (error.code === 'supervisor.child-crashed')
    return llmError('llm.upstream-broke-off', { deployment, reason: detail }, { retryable: true, cause })
  if (error.code.startsWith('supervisor.') && error.code !== 'supervisor.frame-too-large')
    return llmError('llm.local-away', { deployment, detail }, { retryable: true, cause })
  if (error.code.startsWith('llm.')) return error
  return llmError('llm.engine-failed', { deployment, detail }, { retryable: true, cause })
}

/** Bytes a frame stands for, roughly: what it would be on a wire. */
const sizeOf = (events: readonly ChatEvent[]) =>
  events.reduce((sum, event) => sum + ('text' in event ? event.text.length : 0) + 64, 0)
