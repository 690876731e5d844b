import { describe, expect, it } from 'vitest'
import type { ChatReply } from '../read-reply.js'
import { scoreEscalated, scoreTasks } from './score-tasks.js'

const reply = (change: Partial<ChatReply> = {}): ChatReply => ({
  status: 200,
  requestId: 'r',
  completionId: 'c',
  text: '',
  finishReason: 'tool_calls',
  citations: [],
  toolCalls: [{ name: 'intent', arguments: '{"intent":"lost_card"}' }],
  answeredBy: 'task',
  errorCode: null,
  isComplete: true,
  ...change,
})
const task = { tool: 'intent', deployment: 'task' }
const row = { id: 'x', text: 'q', label: 'lost_card' }

describe('scoreTasks', () => {
  it.each([
    ['the right call', reply(), 1],
    ['the right call of whatever answered', reply({ answeredBy: 'large' }), 1],
    ['another label', reply({ toolCalls: [{ name: 'intent', arguments: '{"intent":"other"}' }] }), 0],
    [
      'a label that only contains the right one',
      reply({ toolCalls: [{ name: 'intent', arguments: '{"intent":"lost_card_2"}' }] }),
      0,
    ],
    [
      'a call of another tool',
      reply({ toolCalls: [{ name: 'other', arguments: '{"intent":"lost_card"}' }] }),
      0,
    ],
    ['arguments that are no JSON', reply({ toolCalls: [{ name: 'intent', arguments: 'lost_card' }] }), 0],
    ['a text', reply({ toolCalls: [], text: 'lost_card' }), 0],
    ['an answer that broke off', reply({ isComplete: false }), 0],
    ['no answer', undefined, 0],
  ])('%s', (_what, said, value) => {
    expect(scoreTasks([row], [said], task).interval).toMatchObject({ value, n: 1 })
  })
})

describe('scoreEscalated', () => {
  it('counts what something else than the task model answered, and no failure', () => {
    const replies = [
      reply(),
      reply({ answeredBy: 'large' }),
      reply({ answeredBy: 'large', status: 502 }),
      undefined,
    ]
    const score = scoreEscalated(
      replies.map(() => row),
      replies,
      task,
    )
    expect(score.interval).toMatchObject({ value: 0.25, n: 4 })
    expect(score.notes.map(({ code }) => code)).toContain('verify.note.failed-requests')
  })
  it('counts everything where there is no task model', () => {
    expect(scoreEscalated([row], [reply()], { tool: 'intent', deployment: null }).interval.value).toBe(1)
  })
})
