// Tries a route's deployments in order until one answers. Before the commit point only: a stream that has begun
// is never repeated elsewhere.

import { type ArchitectError, type Attempt, toArchitectError } from '../../core/index.js'
import { attemptsOf, type ChatModel, withAttempts } from '../../llm/index.js'
import { type Open, withOpen } from '../call.js'
import { deadlineExceeded, type Failure, isPastDeadline, mayTryNext, noAnswer } from './failure.js'
import { withSpent } from './with-spent.js'

/** @param candidates at least one, in the order to try */
export const createRouteModel = (
  name: string,
  candidates: readonly [ChatModel, ...ChatModel[]],
): ChatModel => {
  const open: Open = async (request, call) => {
    const failures: Failure[] = []
    const attempts: Attempt[] = []
    for (const candidate of candidates) {
      try {
        return withSpent(await candidate.open(request, call), attempts)
      } catch (cause) {
        const error: ArchitectError = toArchitectError(cause)
        attempts.push(...attemptsOf(error))
        if (call.signal.aborted || !mayTryNext(error)) throw withAttempts(error, attempts)
        failures.push({ deployment: candidate.id, error })
        if (isPastDeadline(error)) throw deadlineExceeded(failures, attempts)
      }
    }
    throw noAnswer(name, failures, attempts)
  }
  return withOpen({ ...candidates[0], id: name, countTokens: (r) => candidates[0].countTokens(r) }, open)
}
