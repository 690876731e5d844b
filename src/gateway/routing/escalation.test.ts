import { describe, expect, it } from 'vitest'
import type { ChatEvent, ModelFacts } from '../../llm/index.js'
import { chatRequest } from '../__fixtures__/gateway-call.js'
import { confidenceOf, passedOver, refused } from './escalation.js'

const facts = (more: Partial<ModelFacts> = {}): ModelFacts => ({
  contextLength: 512,
  tools: true,
  vision: false,
  languages: [],
  priceKey: 'small',
  ...more,
})
const task = { tool: 'banking_intent', outOfScope: { intent: 'out_of_scope' } }
const tool = { name: 'banking_intent', parameters: {} }

describe('passedOver', () => {
  const ofTask = facts({ task, languages: ['en'] })
  const offered = { tools: [tool] }
  const toolResult = {
    role: 'tool' as const,
    parts: [{ type: 'tool-result' as const, id: '1', content: [] }],
  }

  it.each([
    ['the tool is not offered', ofTask, chatRequest('My card is lost'), 'tool-not-offered'],
    [
      'another tool is offered',
      ofTask,
      chatRequest('My card is lost', { tools: [{ ...tool, name: 'x' }] }),
      'tool-not-offered',
    ],
    [
      'no tool may be called',
      ofTask,
      chatRequest('My card is lost', { ...offered, toolChoice: 'none' }),
      'tool-not-offered',
    ],
    [
      'another tool must be called',
      ofTask,
      chatRequest('My card is lost', { ...offered, toolChoice: { name: 'x' } }),
      'tool-not-offered',
    ],
    [
      'several answers are wanted',
      ofTask,
      chatRequest('My card is lost', { ...offered, choices: 2 }),
      'not-a-question',
    ],
    [
      'the tool has already answered',
      ofTask,
      { ...chatRequest('Lost', offered), messages: [toolResult] },
      'not-a-question',
    ],
    ['the question is Chinese', ofTask, chatRequest('我的卡片掉了', offered), 'other-language'],
    ['the question mixes Chinese in', ofTask, chatRequest('我的 debit card 掉了', offered), 'other-language'],
    ['the question is Japanese', ofTask, chatRequest('カードをなくしました', offered), 'other-language'],
    ['the question is Russian', ofTask, chatRequest('Я потерял карту', offered), 'other-language'],
  ] as const)('because %s', (_why, model, request, reason) => {
    expect(passedOver(model, request)).toBe(reason)
  })

  it.each([
    ['the tool is offered and the language spoken', ofTask, chatRequest('My card is lost', offered)],
    [
      'the tool must be called',
      ofTask,
      chatRequest('My card is lost', { ...offered, toolChoice: 'required' }),
    ],
    ['the question has digits only', ofTask, chatRequest('1234?', offered)],
    ['the model has no task and names no language', facts(), chatRequest('我的卡片掉了')],
    ['the model speaks Chinese', facts({ languages: ['zh-TW'] }), chatRequest('我的卡片掉了')],
  ] as const)('not when %s', (_why, model, request) => {
    expect(passedOver(model, request)).toBeUndefined()
  })
})

const text = (logprobs: readonly number[]): ChatEvent => ({
  type: 'text',
  choice: 0,
  text: '',
  logprobs: logprobs.map((logprob) => ({ token: 't', logprob })),
})

describe('confidenceOf', () => {
  it('is the probability of the least certain token, in whichever event it stands', () => {
    expect(confidenceOf([text([-0.1, Math.log(0.4)]), text([-0.2])])).toBeCloseTo(0.4, 12)
  })
  it('is that of a call where its tokens are told', () => {
    const call = { type: 'tool-call' as const, choice: 0, index: 0, arguments: '{}' }
    expect(confidenceOf([{ ...call, logprobs: [{ token: 't', logprob: Math.log(0.3) }] }, call])).toBeCloseTo(
      0.3,
      12,
    )
  })
  it('is 1 for tokens without a doubt and unknown without any token', () => {
    expect(confidenceOf([text([0])])).toBe(1)
    expect(confidenceOf([{ type: 'text', choice: 0, text: 'Hello' }, text([])])).toBeUndefined()
  })
})

describe('refused', () => {
  const said = (args: string, name = 'banking_intent', logprob = Math.log(0.9)) => ({
    events: [text([logprob])],
    choices: [
      {
        choice: 0,
        text: '',
        refusal: '',
        reasoning: '',
        citations: [],
        toolCalls: [{ id: '1', name, arguments: args }],
      },
    ],
  })
  const ofTask = facts({ task })

  it('lets a confident call through, and a threshold of exactly its confidence', () => {
    expect(refused(ofTask, said('{"intent":"lost_card"}'), 0.8)).toBeUndefined()
    expect(refused(ofTask, said('{"intent":"lost_card"}', 'banking_intent', 0), 1)).toBeUndefined()
  })
  it.each([
    ['out-of-scope', said('{"intent":"out_of_scope"}')],
    ['unsure', said('{"intent":"lost_card"}', 'banking_intent', Math.log(0.79))],
    ['failed', said('{"intent":"lost_card"}', 'other_tool')],
    ['failed', { ...said('{}'), choices: [] }],
    ['unmeasured', { ...said('{"intent":"lost_card"}'), events: [] }],
    ['unsure', said('not JSON', 'banking_intent', Math.log(0.1))],
  ] as const)('says %s', (reason, answer) => {
    expect(refused(ofTask, answer, 0.8)).toBe(reason)
  })
})
