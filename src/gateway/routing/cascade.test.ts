// A cascade behind a real gateway: what the client gets, what was asked, what was paid.

import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { type ChatEvent, createScriptedModel, type ModelFacts, type Script } from '../../llm/index.js'
import { llmError } from '../__fixtures__/errors.js'
import { ask, startTestGateway, type TestGateway } from '../__fixtures__/harness.js'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const tool = { type: 'function', function: { name: 'banking_intent', parameters: { type: 'object' } } }
const offered = { tools: [tool] }

/** What the task model says: a call, and how likely its tokens were. */
const intent = (name: string, probability: number): readonly ChatEvent[] => [
  {
    type: 'tool-call',
    choice: 0,
    index: 0,
    id: 'call_1',
    name: 'banking_intent',
    arguments: `{"intent":"${name}"}`,
  },
  { type: 'text', choice: 0, text: '', logprobs: [{ token: name, logprob: Math.log(probability) }] },
  { type: 'finish', choice: 0, reason: 'tool_calls' },
]

const passage = {
  id: 'p1',
  path: 'cards.md',
  title: 'Cards',
  text: 'A lost card is replaced within five days.',
  start: 0,
  end: 41,
  score: 1,
}

const start = async (small: Script, large: Script = 'From the handbook.') => {
  const facts: Partial<ModelFacts> = {
    languages: ['en'],
    task: { tool: 'banking_intent', outOfScope: { intent: 'out_of_scope' } },
  }
  const task = createScriptedModel({ id: 'task', script: small, clock: systemClock, facts })
  const main = createScriptedModel({ id: 'main', script: large, clock: systemClock })
  let searches = 0
  gateway = await startTestGateway({
    architecture: {
      deployments: [
        { id: 'task', engine: 'scripted', model: 'task', languages: ['en'], task: facts.task },
        { id: 'main', engine: 'scripted', model: 'main' },
      ],
      knowledge: [{ id: 'handbook', source: './handbook' }],
      routes: [
        {
          name: 'chat',
          knowledge: 'handbook',
          strategy: {
            cascade: { strategies: [{ deployment: 'task' }, { deployment: 'main' }], escalateBelow: 0.8 },
          },
        },
      ],
    },
    models: { task, main },
    knowledge: {
      search: async () => {
        searches += 1
        return [passage] as never
      },
      status: (async () => ({})) as never,
      version: () => '1',
    },
  })
  return { gateway, task, main, searches: () => searches }
}

interface Reply {
  readonly choices: readonly {
    readonly message: {
      readonly content: string | null
      readonly tool_calls?: readonly { function: { name: string; arguments: string } }[]
    }
    readonly logprobs?: unknown
    readonly finish_reason: string
  }[]
}
const reply = async (response: Response) => (await response.json()) as Reply

describe('a cascade', () => {
  it('answers with the task model where it is sure, and looks nothing up', async () => {
    const { gateway, main, searches } = await start({ events: intent('lost_card', 0.95) })
    const body = await reply(await gateway.post(ask('I lost my card', offered)))
    expect(body.choices[0]?.message.tool_calls?.[0]?.function).toEqual({
      name: 'banking_intent',
      arguments: '{"intent":"lost_card"}',
    })
    expect(body.choices[0]?.finish_reason).toBe('tool_calls')
    expect(main.calls).toHaveLength(0)
    expect(searches()).toBe(0)
    expect((await gateway.metrics.read()).text).toContain(
      'llm_architect_cascade_steps_total{route="chat",deployment="task",decision="answered"} 1',
    )
  })

  it('asks the task model for log probabilities and shows them only to a client that asked', async () => {
    const { gateway, task } = await start({ events: intent('lost_card', 0.95) })
    const quiet = await reply(await gateway.post(ask('I lost my card', offered)))
    expect(quiet.choices[0]?.logprobs ?? null).toBeNull()
    const loud = await reply(await gateway.post(ask('I lost my card', { ...offered, logprobs: true })))
    expect(JSON.stringify(loud.choices[0]?.logprobs)).toContain('lost_card')
    expect(task.calls.map(({ request }) => request.logprobs)).toEqual([{ top: 0 }, { top: 0 }])
  })

  it.each([
    ['an unsure answer', { events: intent('lost_card', 0.79) }, 'unsure'],
    ['one out of scope', { events: intent('out_of_scope', 0.99) }, 'out-of-scope'],
    ['one without a call', 'I am a talking model', 'failed'],
    ['a failure before the first word', { failBefore: llmError('llm.upstream-unreachable') }, 'failed'],
    [
      'a failure in the middle',
      {
        events: intent('lost_card', 0.9),
        failAfter: { pieces: 1, error: llmError('llm.upstream-broke-off') },
      },
      'failed',
    ],
  ] as const)('escalates %s, and the client sees one answer', async (_what, small, decision) => {
    const { gateway, searches } = await start(small)
    const body = await reply(await gateway.post(ask('I lost my card', offered)))
    expect(body.choices[0]?.message.content).toBe('From the handbook.')
    expect(body.choices[0]?.message.tool_calls).toBeUndefined()
    expect(searches()).toBe(1)
    expect(gateway.ledger.attempts.map(({ deployment }) => deployment)).toEqual(['task', 'main'])
    expect(gateway.ledger.attempts.every(({ settled }) => settled !== undefined)).toBe(true)
    expect((await gateway.metrics.read()).text).toContain(`deployment="task",decision="${decision}"} 1`)
  })

  it('does not ask the task model in a language it does not speak, nor without its tool', async () => {
    const { gateway, task } = await start({ events: intent('lost_card', 0.95) })
    await gateway.post(ask('我的卡片掉了', offered))
    await gateway.post(ask('I lost my card'))
    expect(task.calls).toHaveLength(0)
    expect(gateway.ledger.attempts.map(({ deployment }) => deployment)).toEqual(['main', 'main'])
  })

  it('streams what the last step says as it comes', async () => {
    const { gateway } = await start(
      { events: intent('lost_card', 0.2) },
      { text: ['From ', 'the handbook.'] },
    )
    const response = await gateway.post(ask('I lost my card', { ...offered, stream: true }))
    const text = await response.text()
    expect(text).toContain('"content":"From "')
    expect(text).not.toContain('banking_intent')
    expect(text.trim().endsWith('[DONE]')).toBe(true)
  })

  it('says what failed when no step answers', async () => {
    const { gateway } = await start(
      { failBefore: llmError('llm.upstream-unreachable') },
      { failBefore: llmError('llm.upstream-unreachable') },
    )
    const response = await gateway.post(ask('I lost my card', offered))
    expect(response.status).toBe(502)
    expect(gateway.ledger.attempts.map(({ settled }) => settled?.end)).toEqual(['failed', 'failed'])
  })
})
