// Asks the cheapest model first and the next one when its answer is not good enough. An answer is held back until
// its confidence is known, so the client sees one answer only; the last step is not held back.

import { type Attempt, toArchitectError } from '../../core/index.js'
import {
  answerStream,
  attemptsOf,
  type ChatEvent,
  type ChatModel,
  type ChatRequest,
  type ChatStream,
  collectChoices,
  editFrame,
  editRequest,
  type Frame,
  withAttempts,
} from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type GatewayCall, withOpen } from '../call.js'
import { type Escalation, passedOver, refused } from './escalation.js'
import { isPastDeadline, mayTryNext } from './failure.js'
import { withSpent } from './with-spent.js'

export interface Cascade {
  readonly name: string
  /** From the cheapest on, in the order in which they are asked. */
  readonly steps: readonly ChatModel[]
  /** Answers what no step has answered. */
  readonly last: ChatModel
  /** In 0..1: the confidence an answer of a step needs. */
  readonly escalateBelow: number
  readonly metrics: Pick<Metrics, 'cascadeStep'>
}

/** A cascade as one model. What the steps were paid for is in the outcome's attempts. */
export const createCascadeModel = (cascade: Cascade): ChatModel => {
  const { name, steps, last, metrics } = cascade
  return withOpen(
    { ...last, id: name, countTokens: (request) => last.countTokens(request) },
    async (request, call) => {
      const spent: Attempt[] = []
      for (const step of steps) {
        const asked = await askStep(step, request, call, cascade)
        metrics.cascadeStep(call.route, step.id, 'stream' in asked ? 'answered' : asked.escalation)
        if ('stream' in asked) return withSpent(asked.stream, spent)
        spent.push(...asked.attempts)
      }
      try {
        return withSpent(await last.open(request, call), spent)
      } catch (cause) {
        const error = toArchitectError(cause)
        throw withAttempts(error, [...spent, ...attemptsOf(error)])
      }
    },
  )
}

type Asked =
  | { readonly stream: ChatStream }
  | { readonly escalation: Escalation; readonly attempts: readonly Attempt[] }

/** @throws what no other step may answer: the caller has left, or the request itself is at fault */
const askStep = async (
  step: ChatModel,
  request: ChatRequest,
  call: GatewayCall,
  { escalateBelow }: Cascade,
): Promise<Asked> => {
  const passed = passedOver(step.facts, request)
  if (passed) return { escalation: passed, attempts: [] }
  try {
    const stream = await step.open(editRequest(request, { logprobs: request.logprobs ?? { top: 0 } }), call)
    const { frames, events, outcome } = await readWhole(stream)
    if (outcome.end === 'cancelled') throw outcome.error ?? call.signal.reason
    const isWhole = outcome.end === 'finished' && !events.some(({ type }) => type === 'error')
    const escalation = isWhole
      ? refused(step.facts, { events, choices: collectChoices(events) }, escalateBelow)
      : 'failed'
    if (escalation) return { escalation, attempts: outcome.attempts }
    const { answeredBy, head } = stream
    const kept = request.logprobs ? frames : frames.map(withoutLogprobs)
    return { stream: answerStream({ answeredBy, head, frames: kept, outcome }) }
  } catch (cause) {
    const error = toArchitectError(cause)
    if (call.signal.aborted || isPastDeadline(error) || !mayTryNext(error)) throw error
    return { escalation: 'failed', attempts: attemptsOf(error) }
  }
}

const readWhole = async (stream: ChatStream) => {
  const frames: Frame[] = []
  for await (const frame of stream.frames) frames.push(frame)
  const events = frames.flatMap((frame) => frame.events())
  return { frames, events, outcome: await stream.outcome }
}

/** The frame as it would have been, had nobody asked for log probabilities. */
const withoutLogprobs = (frame: Frame): Frame =>
  editFrame(
    frame,
    frame.events().flatMap((event): ChatEvent[] => {
      if (!('logprobs' in event)) return [event]
      const { logprobs: _asked, ...rest } = event
      return 'text' in rest && rest.text === '' ? [] : [rest]
    }),
  )
