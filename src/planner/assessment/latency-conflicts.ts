// Speed targets against each other, by arithmetic.

import type { Requirements, SpeedTarget } from '../../spec/index.js'
import { strictest, targetValue } from '../search/target.js'
import type { Conflict } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import type { Workload } from './workload.js'

export const latencyConflicts = (requirements: Requirements, workload: Workload): readonly Conflict[] => [
  ...wholeAgainstParts(requirements),
  ...wholeAgainstSpeed(requirements),
  ...tokenTimeAgainstSpeed(requirements),
  ...firstAfterLast(requirements),
  ...belowAnyAnswer(requirements),
  ...crossedBounds(requirements),
  ...moreThanAsked(requirements, workload),
  ...loadBeyondPeak(requirements),
]

/** Output tokens a target speaks of: the 95th percentile of the load's, or as given. */
export const outputTokensOf = (target: SpeedTarget, { scale }: Requirements): number =>
  target.lengths === 'workload' ? scale.lengths.outputTokens.p95 : target.lengths.outputTokens

/** Of the limit for the last token, what the one for the first takes; one that allows more than both says nothing. */
const bindingFirstMs = (ttft: SpeedTarget | undefined, limitMs: number): number => {
  const firstMs = ttft ? targetValue(ttft) : 0
  return firstMs < limitMs ? firstMs : 0
}

/** e2e <= ttft + (tokens - 1) x tpot: meeting the parts exactly would miss the whole. */
const wholeAgainstParts = (requirements: Requirements): Conflict[] => {
  const ttft = strictest(requirements, 'ttft')
  const tpot = strictest(requirements, 'tpot')
  const e2e = strictest(requirements, 'e2e')
  if (!tpot || !e2e) return []
  const tokens = outputTokensOf(e2e, requirements)
  const limitMs = targetValue(e2e)
  const firstMs = bindingFirstMs(ttft, limitMs)
  const sumMs = firstMs + (tokens - 1) * targetValue(tpot)
  if (limitMs >= sumMs) return []
  const neededTpotMs = Math.max(0, (limitMs - firstMs) / (tokens - 1))
  return [
    {
      kind: 'tension',
      between: [e2e.id, ...(ttft && firstMs > 0 ? [ttft.id] : []), tpot.id],
      message: assessmentMessage('planner.e2e-below-parts', {
        e2e: e2e.id,
        e2eMs: limitMs,
        ttftMs: firstMs,
        tokens,
        tpotMs: targetValue(tpot),
        sumMs,
        neededTpotMs,
      }),
    },
  ]
}

/** Speed per user that the whole answer implies, against the speed that is asked for. */
const wholeAgainstSpeed = (requirements: Requirements): Conflict[] => {
  const speed = strictest(requirements, 'outputTokensPerSecond')
  const e2e = strictest(requirements, 'e2e')
  if (!speed || !e2e) return []
  const ttft = strictest(requirements, 'ttft')
  const tokens = outputTokensOf(e2e, requirements)
  const leftMs = targetValue(e2e) - bindingFirstMs(ttft, targetValue(e2e))
  const needed = ((tokens - 1) * 1000) / leftMs
  if (targetValue(speed) >= needed) return []
  return [
    {
      kind: 'tension',
      between: [speed.id, e2e.id],
      message: assessmentMessage('planner.speed-below-e2e', {
        speed: speed.id,
        asked: targetValue(speed),
        e2e: e2e.id,
        tokens,
        leftMs,
        needed,
      }),
    },
  ]
}

/** 1000 / tpot is a speed: two targets that say it differently are one too many. */
const tokenTimeAgainstSpeed = (requirements: Requirements): Conflict[] => {
  const speed = strictest(requirements, 'outputTokensPerSecond')
  const tpot = strictest(requirements, 'tpot')
  if (!speed || !tpot) return []
  const implied = 1000 / targetValue(tpot)
  const asked = targetValue(speed)
  if (Math.abs(implied / asked - 1) < 0.05) return []
  const stricter = implied > asked ? tpot.id : speed.id
  return [
    {
      kind: 'tension',
      between: [tpot.id, speed.id],
      message: assessmentMessage('planner.tpot-and-speed', {
        tpot: tpot.id,
        tpotMs: targetValue(tpot),
        implied,
        speed: speed.id,
        asked,
        stricter,
      }),
    },
  ]
}

const firstAfterLast = (requirements: Requirements): Conflict[] => {
  const ttft = strictest(requirements, 'ttft')
  const e2e = strictest(requirements, 'e2e')
  if (!ttft || !e2e || targetValue(ttft) < targetValue(e2e)) return []
  return [
    {
      kind: 'tension',
      between: [ttft.id, e2e.id],
      message: assessmentMessage('planner.ttft-after-e2e', {
        ttft: ttft.id,
        ttftMs: targetValue(ttft),
        e2e: e2e.id,
        e2eMs: targetValue(e2e),
      }),
    },
  ]
}

/** Light in fibre goes 100 km and back in 1 ms: no answer that comes over a network is there earlier. */
const leastAnswerMs = 1

const belowAnyAnswer = ({ performance }: Requirements): Conflict[] =>
  performance.targets
    .filter(({ metric, op }) => (metric === 'ttft' || metric === 'e2e') && op.startsWith('<'))
    .filter((target) => targetValue(target) < leastAnswerMs)
    .map((target) => ({
      kind: 'contradiction' as const,
      between: [target.id],
      message: assessmentMessage('planner.below-any-answer', {
        target: target.id,
        askedMs: targetValue(target),
        leastMs: leastAnswerMs,
      }),
    }))

/** A lower and an upper bound of one metric that leave nothing between them. */
const crossedBounds = ({ performance }: Requirements): Conflict[] =>
  performance.targets.flatMap((least) =>
    performance.targets
      .filter(
        (most) =>
          most.metric === least.metric &&
          least.op.startsWith('>') &&
          most.op.startsWith('<') &&
          targetValue(least) >= targetValue(most),
      )
      .map((most) => ({
        kind: 'contradiction' as const,
        between: [least.id, most.id],
        message: assessmentMessage('planner.bounds-crossed', {
          least: least.id,
          atLeast: targetValue(least),
          most: most.id,
          atMost: targetValue(most),
        }),
      })),
  )

/** A system cannot write more tokens than its users ask for. */
const moreThanAsked = ({ performance }: Requirements, { tokensPerSecond }: Workload): Conflict[] =>
  performance.targets
    .filter(
      ({ metric, op, load }) =>
        metric === 'systemOutputTokensPerSecond' && op.startsWith('>') && typeof load === 'string',
    )
    .flatMap((target) => {
      const offered = target.load === 'peak' ? tokensPerSecond.outputPeak : tokensPerSecond.outputAverage
      const asked = targetValue(target)
      if (asked <= offered) return []
      return {
        kind: 'contradiction' as const,
        between: [target.id, 'scale.peakRequestsPerSecond'],
        message: assessmentMessage('planner.more-than-asked', { target: target.id, asked, offered }),
      }
    })

const loadBeyondPeak = ({ performance, scale }: Requirements): Conflict[] =>
  performance.targets.flatMap(({ id, load }) => {
    if (typeof load === 'string' || !('requestsPerSecond' in load)) return []
    const peak = scale.peakRequestsPerSecond
    if (load.requestsPerSecond <= peak) return []
    return {
      kind: 'tension' as const,
      between: [id, 'scale.peakRequestsPerSecond'],
      message: assessmentMessage('planner.load-beyond-peak', {
        target: id,
        requestsPerSecond: load.requestsPerSecond,
        peak,
      }),
    }
  })
