import { describe, expect, it } from 'vitest'
import { ArchitectError } from '../core/index.js'
import { parseArchitecture } from './parse-architecture.js'
import type { Problem } from './problem.js'

const problemsOf = (chatShare: number, host: string): readonly string[] => {
  const deployment = (id: string, hardware: string) => `
  - { id: ${id}, engine: vllm, model: m, hardware: { accelerator: l4, count: 1, quantization: bf16, ${hardware} } }`
  const text = `version: 1
name: shared
deployments:${deployment('chat', `memoryShare: ${chatShare}`)}${deployment('embedder', `memoryShare: 0.1, sharesWith: ${host}`)}
routes:
  - { name: chat, strategy: { deployment: chat } }
`
  try {
    parseArchitecture(text)
    return []
  } catch (error) {
    if (!(error instanceof ArchitectError)) throw error
    return (error.params as { problems: Problem[] }).problems.map(({ message }) => message.code)
  }
}

describe('deployments on the same accelerators', () => {
  it('fit beside each other', () => {
    expect(problemsOf(0.9, 'chat')).toEqual([])
    expect(problemsOf(0.91, 'chat')).toEqual(['spec.shares-exceed'])
  })

  it('name one that is there', () => {
    expect(problemsOf(0.8, 'chta')).toEqual(['spec.unknown-reference'])
    expect(problemsOf(0.8, 'embedder')).toEqual(['spec.unknown-reference'])
  })
})
