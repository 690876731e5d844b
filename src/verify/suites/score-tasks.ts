// Suites of tasks: whether the right call was made, and whether the task model passed the question on. Takes the
// replies in the suite's order; `undefined` is a call that got no answer.

import type { QualityTarget } from '../../spec/index.js'
import type { ChatReply } from '../read-reply.js'
import type { TaskRow, TextRow } from './read-suite.js'
import { rateScore, type SuiteScore } from './suite-score.js'

type Replies = readonly (ChatReply | undefined)[]

/** A task of the requirements, and the deployment that was trained for it; null where there is none. */
export interface TaskUnderTest {
  readonly tool: string
  readonly deployment: string | null
}

const isAnswer = (reply: ChatReply | undefined): reply is ChatReply =>
  reply !== undefined && reply.status === 200 && reply.isComplete

/**
 * The share of rows whose label is the value of an argument of the call. A row that was passed on counts as wrong,
 * unless what it was passed on to makes the right call.
 */
export const scoreTasks = (rows: readonly TaskRow[], replies: Replies, { tool }: TaskUnderTest): SuiteScore =>
  rateScore(
    rows.map(({ id, label }, i) => {
      const reply = replies[i]
      const call = isAnswer(reply) ? reply.toolCalls.find(({ name }) => name === tool) : undefined
      return {
        id,
        hit: call !== undefined && valuesOf(call.arguments).includes(label),
        failed: !isAnswer(reply),
      }
    }),
  )

/**
 * The share of rows that something else than the task model answered. A row without an answer, or whose answer does
 * not say who gave it, counts against the target: as passed on where few are to be (`<`, `<=`), else as kept.
 */
export const scoreEscalated = (
  rows: readonly TextRow[],
  replies: Replies,
  { deployment, op }: TaskUnderTest & Pick<QualityTarget, 'op'>,
): SuiteScore => {
  const wantsFew = op.startsWith('<')
  const items = rows.map(({ id }, i) => {
    const reply = replies[i]
    const isKnown = isAnswer(reply) && reply.answeredBy !== null
    return { id, hit: isKnown ? reply.answeredBy !== deployment : wantsFew, failed: !isAnswer(reply) }
  })
  return rateScore(items, wantsFew ? 'hit' : 'no-hit')
}

const valuesOf = (json: string): readonly unknown[] => {
  try {
    return Object.values(JSON.parse(json) as object)
  } catch {
    // What is no JSON has no argument: the call is wrong, and the row counts so.
    return []
  }
}
