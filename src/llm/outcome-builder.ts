// Promise 8: what an engine learns about its own answer, put together into one outcome with one attempt. Knows
// neither bytes nor sockets.

import { type ArchitectError, type Attempt, noUsage, type Usage, type UsageSource } from '../core/index.js'
import type { Outcome } from './contract.js'

export interface OutcomeBuilder {
  readonly outcome: Promise<Outcome>
  addFinish(choice: number, reason: string): void
  /** What the engine reported; the last report counts. */
  setUsage(usage: Usage): void
  /** What the engine reported before it had said all: its prompt counts, its output is at least so much. */
  setUsageSoFar(usage: Usage): void
  /** Adds to the estimate of what was said, used where nothing is reported. */
  addOutputTokens(tokens: number): void
  /** The engine has received the request, so that its prompt is counted from here on. */
  markReceived(): void
  finishes(): ReadonlyMap<number, string>
  /** The first call wins. */
  settle(end: Attempt['end'], error?: ArchitectError): Outcome
  isSettled(): boolean
}

/** @param estimateInput tokens of the prompt, asked only when the engine reports nothing */
export const createOutcomeBuilder = (deployment: string, estimateInput: () => number): OutcomeBuilder => {
  const finish = new Map<number, string>()
  let reported: Usage | undefined
  let soFar: Usage | undefined
  let outputTokens = 0
  let isReceived = false
  let settled: Outcome | undefined
  let resolve: (outcome: Outcome) => void = () => {}
  const outcome = new Promise<Outcome>((fulfil) => {
    resolve = fulfil
  })

  const usageOf = (end: Attempt['end']): { usage: Usage; usageSource: UsageSource } => {
    if (reported) return { usage: reported, usageSource: 'reported' }
    if (!isReceived) return { usage: noUsage, usageSource: 'none' }
    const usage: Usage = {
      input: soFar?.input ?? { total: estimateInput(), cacheRead: 0, cacheWrite: 0 },
      output: {
        total: Math.max(Math.ceil(outputTokens), soFar?.output.total ?? 0),
        reasoning: soFar?.output.reasoning ?? 0,
      },
    }
    return { usage, usageSource: end === 'finished' ? 'estimated' : 'partial' }
  }

  return {
    outcome,
    addFinish: (choice, reason) => finish.set(choice, reason),
    setUsage: (usage) => {
      reported = usage
    },
    setUsageSoFar: (usage) => {
      soFar = usage
    },
    addOutputTokens: (tokens) => {
      outputTokens += tokens
    },
    markReceived: () => {
      isReceived = true
    },
    finishes: () => finish,
    isSettled: () => settled !== undefined,
    settle: (end, error) => {
      if (settled) return settled
      const attempt: Attempt = { deployment, ...usageOf(end), end, ...(error && { error }) }
      settled = { end, finish, usage: attempt.usage, attempts: [attempt], ...(error && { error }) }
      resolve(settled)
      return settled
    },
  }
}
