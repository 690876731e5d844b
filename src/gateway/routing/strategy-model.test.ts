import { describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { createScriptedModel } from '../../llm/index.js'
import type { Strategy } from '../../spec/index.js'
import { llmError } from '../__fixtures__/errors.js'
import { chatRequest, gatewayCall } from '../__fixtures__/gateway-call.js'
import { createStrategyModel } from './strategy-model.js'

/** The order in which a strategy asks its deployments when none of them answers. */
const askedBy = async (strategy: Strategy) => {
  const asked: string[] = []
  const model = createStrategyModel(strategy, {
    route: 'r',
    metrics: { cascadeStep: () => {} },
    engine: (id) =>
      createScriptedModel({
        id,
        clock: systemClock,
        script: () => {
          asked.push(id)
          return { failBefore: llmError('llm.upstream-unreachable') }
        },
      }),
  })
  await expect(model.open(chatRequest('Hello'), gatewayCall())).rejects.toMatchObject({
    code: 'gateway.no-answer',
  })
  return asked
}

const a = { deployment: 'a' }
const b = { deployment: 'b' }
const c = { deployment: 'c' }

describe('createStrategyModel', () => {
  it.each<[string, Strategy, readonly string[]]>([
    ['one deployment', a, ['a']],
    [
      'fallbacks from the outside in, each deployment once',
      { fallback: [a, { fallback: [b, a] }, c] },
      ['a', 'b', 'c'],
    ],
    ['a cascade in its order', { cascade: { strategies: [a, b], escalateBelow: 0.5 } }, ['a', 'b']],
    [
      'a cascade within fallbacks',
      { fallback: [{ cascade: { strategies: [a, b], escalateBelow: 0.5 } }, c] },
      ['a', 'b', 'c'],
    ],
    [
      'fallbacks within a cascade',
      { cascade: { strategies: [{ fallback: [a, b] }, c], escalateBelow: 0.5 } },
      ['a', 'b', 'c'],
    ],
  ])('asks %s', async (_what, strategy, order) => {
    expect(await askedBy(strategy)).toEqual(order)
  })

  it.each<[string, Strategy]>([
    ['weighted', { weighted: [{ weight: 1, strategy: a }] }],
    ['hedge', { fallback: [a, { hedge: { strategies: [a, b], afterMs: 1 } }] }],
    ['ensemble', { ensemble: { strategies: [a, b], vote: 'majority' } }],
  ])('refuses %s by name, wherever it stands', async (strategy, tree) => {
    await expect(async () => askedBy(tree)).rejects.toMatchObject({
      code: 'gateway.strategy-not-supported',
      params: { route: 'r', strategy },
    })
  })
})
