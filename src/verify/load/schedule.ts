// When each request of an open-loop load leaves: fixed before the first one does, so that a slow system cannot
// slow the load down. Pure; the same seed gives the same arrivals.

import { createRandom } from '../../core/index.js'
import type { LoadProfile } from './load-profile.js'

export interface Arrival {
  /** Ms after the load's start. */
  readonly atMs: number
  /** Which of the questions, counting from 0. */
  readonly question: number
  readonly phase: 'warmup' | 'profiling'
}

export type ScheduleShape = Pick<
  LoadProfile,
  'shape' | 'requestsPerSecond' | 'durationSeconds' | 'warmupSeconds' | 'seed'
>

/**
 * Arrivals in order. Questions are drawn evenly: each round asks every one once, in a new order.
 * @param questionCount at least 1
 */
export const scheduleArrivals = (shape: ScheduleShape, questionCount: number): readonly Arrival[] => {
  const times = createRandom(`${shape.seed} arrivals`)
  const nextQuestion = drawEvenly(shape.seed, questionCount)
  const meanGapMs = 1000 / shape.requestsPerSecond
  const warmupMs = shape.warmupSeconds * 1000
  const endMs = warmupMs + shape.durationSeconds * 1000
  const gapMs = () => (shape.shape === 'constant' ? meanGapMs : meanGapMs * times.exponential())
  const arrivals: Arrival[] = []
  // A constant load counts gaps instead of adding them, so that no rounding error builds up.
  for (let atMs = shape.shape === 'constant' ? 0 : gapMs(); atMs < endMs; ) {
    arrivals.push({ atMs, question: nextQuestion(), phase: atMs < warmupMs ? 'warmup' : 'profiling' })
    atMs = shape.shape === 'constant' ? arrivals.length * meanGapMs : atMs + gapMs()
  }
  return arrivals
}

const drawEvenly = (seed: number, count: number) => {
  const random = createRandom(`${seed} questions`)
  const all = Array.from({ length: count }, (_, i) => i)
  let left: number[] = []
  return () => {
    if (left.length === 0) left = random.shuffle(all)
    return left.pop() ?? 0
  }
}
