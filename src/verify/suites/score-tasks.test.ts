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
  const replies = [
    reply(),
    reply({ answeredBy: 'large' }),
    reply({ answeredBy: 'large', status: 502 }),
    undefined,
  ]
  const rows = replies.map(() => row)
  it('counts what something else than the task model answered', () => {
    const score = scoreEscalated(rows, replies, { ...task, op: '>=' })
    expect(score.interval).toMatchObject({ value: 0.25, n: 4 })
    expect(score.notes.map(({ code }) => code)).toContain('verify.note.failed-requests')
  })
  it('counts a failure against the target where little is to be passed on, too', () => {
    const score = scoreEscalated(rows, replies, { ...task, op: '<=' })
    expect(score.interval).toMatchObject({ value: 0.75, n: 4 })
    expect(score.notes.find(({ code }) => code === 'verify.note.missed')?.params).toMatchObject({ count: 3 })
  })
  it.each([
    ['>=', 0],
    ['<=', 1],
  ] as const)('counts an answer of nobody knows whom against a target of %s', (op, value) => {
    const score = scoreEscalated([row], [reply({ answeredBy: null })], { ...task, op })
    expect(score.interval.value).toBe(value)
  })
  it('counts everything where there is no task model', () => {
    const none = { tool: 'intent', deployment: null, op: '>=' } as const
    expect(scoreEscalated([row], [reply()], none).interval.value).toBe(1)
  })
})
