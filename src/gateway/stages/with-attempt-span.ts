// A client span for each call of an engine, inside the ledger's step; the engine is sent its context, so that what an
// upstream traces hangs below the attempt. Composed only where there is a tracer.

import { type ChatModel, type ChatRequest, type ChatStream, type Frame, isContent } from '../../llm/index.js'
import type { Deployment } from '../../spec/index.js'
import type { Span, SpanAttributes } from '../../telemetry/index.js'
import { attemptOf, failedAttempt } from '../attempt-report.js'
import { type Stage, withOpen } from '../call.js'
import { attemptAttributes, endAttempt, promptAttributes, reasonsOf } from '../traced.js'

export const withAttemptSpan = (deployment: Deployment): Stage => {
  const fixed = attemptAttributes(deployment)
  return (inner: ChatModel) =>
    withOpen(inner, async (request, call) => {
      if (!call.span) return inner.open(request, call)
      const { operation, promptVariant } = call
      const span = call.span.begin(`${operation} ${deployment.model}`, {
        kind: 'client',
        attributes: {
          'gen_ai.operation.name': operation,
          ...fixed,
          ...requestAttributes(request),
          ...promptAttributes(promptVariant),
        },
      })
      const startedMs = performance.now()
      try {
        const stream = await inner.open(request, { ...call, ...span.context })
        const firstMs = performance.now() - startedMs
        return await watched(stream, span, request.stream ? firstMs / 1000 : undefined)
      } catch (cause) {
        endAttempt(span, failedAttempt(cause))
        throw cause
      }
    })
}

const requestAttributes = (request: ChatRequest): SpanAttributes => ({
  'gen_ai.request.stream': request.stream,
  'gen_ai.request.max_tokens': request.maxOutputTokens,
  'gen_ai.request.temperature': request.temperature,
  'gen_ai.request.top_p': request.topP,
  'gen_ai.request.seed': request.seed,
  'gen_ai.request.choice.count': request.choices === 1 ? undefined : request.choices,
})

/** The same stream. Its first frame is there when it opens, and says who answered; it is the one that is decoded. */
const watched = async (
  stream: ChatStream,
  span: Span,
  firstSeconds: number | undefined,
): Promise<ChatStream> => {
  const inner = stream.frames[Symbol.asyncIterator]()
  const first = await inner.next()
  const events = first.done ? [] : first.value.events()
  const start = events.find((event) => event.type === 'start')
  const said: SpanAttributes = {
    'gen_ai.response.id': start?.id,
    'gen_ai.response.model': start?.model,
    'gen_ai.response.time_to_first_chunk': events.some(isContent) ? firstSeconds : undefined,
  }
  void stream.outcome.then((outcome) => {
    const reasons = reasonsOf(outcome.finish)
    endAttempt(span, attemptOf(outcome), { ...said, 'gen_ai.response.finish_reasons': reasons })
  })
  return { ...stream, frames: { [Symbol.asyncIterator]: () => again(first, inner) } }
}

/** The first frame once more, then the others as they come. */
const again = (
  first: IteratorResult<Frame, unknown>,
  inner: AsyncIterator<Frame, unknown>,
): AsyncIterator<Frame, unknown> => {
  let isTaken = false
  return {
    next: () => {
      if (isTaken) return inner.next()
      isTaken = true
      return Promise.resolve(first)
    },
    return: (value?: unknown) => inner.return?.(value) ?? Promise.resolve({ done: true, value }),
  }
}
