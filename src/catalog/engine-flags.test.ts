import { describe, expect, it } from 'vitest'
import { engineOf, loadCatalogue } from './catalogue.js'
import { checkFlags, type Engine } from './engine-flags.js'

const catalogue = loadCatalogue()
const vllm = engineOf(catalogue, 'vllm') as Engine

describe('engine flags', () => {
  it('are there for each engine, with the version they were read from', () => {
    expect(catalogue.engines.map(({ name, flags }) => [name, flags.length])).toEqual([
      ['vllm', 283],
      ['sglang', 335],
      ['tgi', 56],
      ['llama.cpp', 73],
      ['trtllm', 34],
    ])
    for (const { version } of catalogue.engines) expect(version).not.toBe('')
  })

  it('accept a command of known flags', () => {
    const command = [
      'vllm',
      'serve',
      'Qwen/Qwen3-8B',
      '--tensor-parallel-size',
      '2',
      '--kv-cache-dtype',
      'fp8',
    ]
    expect(checkFlags(vllm, command)).toEqual([])
  })

  it('find what the version does not have, and say what was probably meant', () => {
    const problems = checkFlags(vllm, ['vllm', 'serve', 'm', '--max-model-length', '8192'])
    expect(problems).toEqual([{ flag: '--max-model-length', kind: 'unknown', suggestion: '--max-model-len' }])
  })

  it('find a value that is no choice, and text where a number is wanted', () => {
    const command = ['vllm', 'serve', 'm', '--kv-cache-dtype=fp3', '--max-model-len', 'long']
    expect(checkFlags(vllm, command)).toEqual([
      { flag: '--kv-cache-dtype', kind: 'not-a-choice' },
      { flag: '--max-model-len', kind: 'not-a-number' },
    ])
  })
})
