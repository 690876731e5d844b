import { describe, expect, it } from 'vitest'
import { knowledgeBase, signal } from './__fixtures__/folder.js'
import type { SearchRequest, SearchStep } from './knowledge.js'
import { createKnowledgeClient, type KnowledgeProcess, knowledgeMethods } from './knowledge-client.js'
import type { KnowledgeEngine } from './knowledge-engine.js'

/** The methods of an engine as another process has them: what is sent is JSON, and so is what comes back. */
const processOf = (engine: Partial<KnowledgeEngine>): KnowledgeProcess => {
  const methods = knowledgeMethods(engine as KnowledgeEngine)
  const copy = (value: unknown) => JSON.parse(JSON.stringify(value))
  return {
    request: async (method, params, { onProgress } = {}) => {
      if (method !== 'search') throw new Error(method)
      return copy(await methods.search(copy(params), signal, (value) => onProgress?.(copy(value))))
    },
  }
}

const question = {
  knowledge: knowledgeBase(),
  tenant: 'acme',
  principal: ['public'],
  query: 'x',
  limit: 3,
  signal,
}
const steps: readonly SearchStep[] = [
  { step: 'embed', durationMs: 3 },
  { step: 'rerank', durationMs: 2, errorCode: 'rag.rerank-unavailable' },
]

describe('a search in another process', () => {
  it('tells its steps to who wants to know, and to nobody else', async () => {
    const asked: SearchRequest[] = []
    const client = createKnowledgeClient(
      processOf({
        search: async (request) => {
          asked.push(request)
          for (const step of steps) request.onStep?.(step)
          return []
        },
      }),
    )
    const told: SearchStep[] = []
    await client.search({ ...question, onStep: (step) => told.push(step) })
    await client.search(question)
    expect(told).toEqual(steps)
    expect(asked.map(({ onStep }) => onStep !== undefined)).toEqual([true, false])
    expect(asked[1]).toEqual(question)
  })
})
