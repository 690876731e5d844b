// A span for what a stage does before it asks inside, of which the stage itself knows nothing. Composed only where there
// is a tracer.

import { toArchitectError } from '../../core/index.js'
import type { Span, SpanAttributes } from '../../telemetry/index.js'
import { type GatewayCall, type Stage, withOpen } from '../call.js'

export interface StageSpan {
  readonly name: string
  readonly attributes: SpanAttributes
  /**
   * `always` begins a span that the stage's own work hangs below; `slow` tells of it afterwards, and only where it took
   * a ms or more, or refused the request: most checks are over in microseconds.
   */
  readonly when: 'always' | 'slow'
}

const slowMs = 1

interface Passing extends GatewayCall {
  /** The call as it came, for whoever is asked inside. */
  readonly outer: GatewayCall
  readonly over: (errorType?: string) => void
}

export const withStageSpan = (told: StageSpan, stage: Stage): Stage => {
  const begin = told.when === 'always' ? beginNow : beginLater
  return (inner) => {
    const plain = stage(inner)
    const traced = stage(
      withOpen(inner, (request, call) => {
        const { outer, over } = call as Passing
        over()
        return inner.open(request, outer)
      }),
    )
    return withOpen(inner, async (request, call) => {
      if (!call.span) return plain.open(request, call)
      const { span, over } = begin(call.span, told)
      try {
        return await traced.open(request, { ...call, span, outer: call, over } as Passing)
      } catch (cause) {
        over(toArchitectError(cause).code)
        throw cause
      }
    })
  }
}

interface Begun {
  readonly span: Span
  /** The first call counts: what fails inside is not the stage's. */
  readonly over: (errorType?: string) => void
}

const beginNow = (parent: Span, { name, attributes }: StageSpan): Begun => {
  const span = parent.begin(name, { attributes })
  return { span, over: (errorType) => span.end(errorType) }
}

const beginLater = (parent: Span, { name, attributes }: StageSpan): Begun => {
  const startedMs = performance.now()
  let isOver = false
  const over = (errorType?: string) => {
    if (isOver) return
    isOver = true
    const agoMs = performance.now() - startedMs
    if (agoMs >= slowMs || errorType !== undefined) parent.begin(name, { attributes, agoMs }).end(errorType)
  }
  return { span: parent, over }
}
