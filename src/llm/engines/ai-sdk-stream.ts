// One answer of an AI SDK model as a stream that keeps the promises of the contract: pieces in, frames out. Knows the
// model only by its two verbs, and trusts none of them to heed an abort.

import type { Clock } from '../../core/index.js'
import { providerError, refusalIn } from '../ai-sdk/provider-error.js'
import type {
  ProviderAnswer,
  ProviderCall,
  ProviderModel,
  ProviderPiece,
  ProviderStream,
} from '../ai-sdk/provider-model.js'
import { createPieceReader, readFinish, readUsage } from '../ai-sdk/read-pieces.js'
import { isContent } from '../content.js'
import type { ChatCall, ChatEvent, ChatRequest, ChatStream } from '../contract.js'
import { estimateRequestTokens, roughTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder } from '../outcome-builder.js'
import { watchAnswer } from './answer-watch.js'
import { createChatDelivery } from './chat-delivery.js'
import type { EngineDeployment } from './engine-deployment.js'
import { responseHeaders } from './response-head.js'
import type { Watchdog } from './watchdog.js'

export interface ProviderCallContext {
  readonly deployment: Pick<EngineDeployment, 'id' | 'model' | 'timeouts'>
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly model: ProviderModel
  readonly providerCall: ProviderCall
  readonly secrets: readonly string[]
  /** Aborts `providerCall`. */
  readonly stop: AbortController
  readonly request: ChatRequest
  readonly call: ChatCall
}

export const openProviderAnswer = (context: ProviderCallContext): Promise<ChatStream> =>
  new Promise((resolve, reject) => {
    const { deployment, clock, model, providerCall, secrets, stop, request, call } = context
    const result = createOutcomeBuilder(deployment.id, () => estimateRequestTokens(request).tokens)
    const gate = createGate()
    const delivery = createChatDelivery({
      answeredBy: { deployment: deployment.id, model: deployment.model },
      result,
      areAllFinished: () => result.finishes().size > 0,
      settle: { resolve, reject },
      source: {
        commit: () => {},
        pause: gate.close,
        resume: gate.open,
        abort: () => stop.abort(),
        complete: () => {},
      },
    })
    const watch = watchAnswer(context, { fail: delivery.fail, outcome: result.outcome })
    if (result.isSettled()) return

    const reader = createPieceReader()
    let isAnswering = false
    const failWith = (cause: unknown) =>
      delivery.fail(
        providerError(cause, { deployment: deployment.id, secrets, wallMs: clock.wallMs(), isAnswering }),
      )
    let unsaid: ChatEvent[] = [{ type: 'start', choice: 0, id: `chatcmpl-${call.requestId}` }]
    const say = (events: readonly ChatEvent[]) => {
      for (const event of events) result.addOutputTokens(tokensOf(event))
      unsaid.push(...events)
      const hasContent = unsaid.some(isContent)
      if (!request.stream || !hasContent) return
      flush()
      watch.spoke()
      delivery.commit()
    }
    const flush = () => {
      delivery.deliver(frameOf(unsaid), sizeOf(unsaid))
      unsaid = []
    }
    /** The finish and what goes with it, in the frame after which nothing follows. */
    const finish = ({ finishReason, usage }: Pick<ProviderAnswer, 'finishReason' | 'usage'>) => {
      const end = readFinish(finishReason)
      if ('failure' in end)
        return delivery.fail(
          end.failure === 'error'
            ? providerError(`finish: ${end.raw}`, {
                deployment: deployment.id,
                secrets,
                wallMs: 0,
                isAnswering,
              })
            : llmError(
                'llm.upstream-broke-off',
                { deployment: deployment.id, reason: 'no finish' },
                { retryable: true },
              ),
        )
      const counted = readUsage(usage)
      if (counted) result.setUsage(counted)
      result.addFinish(0, end.reason)
      unsaid.push({ type: 'finish', choice: 0, reason: end.reason })
      if (counted) unsaid.push({ type: 'usage', choice: 0, usage: counted })
      flush()
      delivery.complete()
    }
    const take = (piece: ProviderPiece) => {
      if (result.isSettled()) return
      isAnswering = true
      result.markReceived()
      watch.worked()
      const refusal = refusalIn(deployment.id, piece.warnings)
      if (refusal) return delivery.fail(refusal)
      if (piece.type === 'error') return failWith(piece.error)
      if (piece.type === 'finish' && piece.finishReason !== undefined && piece.usage)
        return finish({ finishReason: piece.finishReason, usage: piece.usage })
      const events = reader.read(piece)
      if (events) return say(events)
      delivery.fail(
        llmError('llm.upstream-unreadable', {
          deployment: deployment.id,
          reason: `a file of type ${piece.mediaType}`,
        }),
      )
    }
    const setHead = ({ response }: Pick<ProviderStream, 'response'>) =>
      delivery.setHead({ status: 200, headers: responseHeaders(response?.headers ?? {}) })

    const stream = async () => {
      const answer = await model.doStream(providerCall)
      setHead(answer)
      await readAll(answer.stream, { signal: stop.signal, ready: gate.passed, take })
      delivery.complete()
    }
    const generate = async () => {
      const answer = await model.doGenerate(providerCall)
      if (result.isSettled()) return
      setHead(answer)
      result.markReceived()
      const counted = readUsage(answer.usage)
      if (counted) result.setUsageSoFar(counted)
      take({ type: 'stream-start', warnings: answer.warnings })
      for (const piece of piecesOf(answer, request)) take(piece)
      if (!result.isSettled()) finish(answer)
    }
    ;(request.stream ? stream() : generate()).catch(failWith)
  })

const piecesOf = (
  { content, structuredOutputText }: ProviderAnswer,
  { responseFormat }: ChatRequest,
): readonly ProviderPiece[] =>
  structuredOutputText === undefined || responseFormat === undefined || responseFormat.type === 'text'
    ? content
    : [...content.filter(({ type }) => type !== 'text'), { type: 'text', text: structuredOutputText }]

interface Reading {
  readonly signal: AbortSignal
  /** Resolves when the next piece is wanted. */
  readonly ready: () => Promise<void>
  readonly take: (piece: ProviderPiece) => void
}

/** Reads to the end, or until nothing more is wanted, when it leaves the stream. */
const readAll = async (stream: ReadableStream<ProviderPiece>, { signal, ready, take }: Reading) => {
  const reader = stream.getReader()
  const leave = () => void reader.cancel().catch(() => {})
  if (signal.aborted) return leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    for (;;) {
      await ready()
      const { done, value } = await reader.read()
      if (done) return
      take(value)
    }
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/** Lets through while it is open. */
const createGate = () => {
  let waiting: Promise<void> | undefined
  let release: () => void = () => {}
  return {
    close: () => {
      waiting ??= new Promise((resolve) => {
        release = resolve
      })
    },
    open: () => {
      waiting = undefined
      release()
    },
    passed: () => waiting ?? Promise.resolve(),
  }
}

const tokensOf = (event: ChatEvent): number => {
  if (event.type === 'tool-call') return roughTokens(event.arguments)
  return 'text' in event ? roughTokens(event.text) : 0
}

/** Bytes a frame stands for, roughly: what it would be on a wire. */
const sizeOf = (events: readonly ChatEvent[]) =>
  events.reduce((sum, event) => sum + ('text' in event ? event.text.length : 0) + 64, 0)
