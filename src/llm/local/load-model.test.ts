import { describe, expect, it } from 'vitest'
import { silentLog } from '../../core/index.js'
import { loadModel } from './load-model.js'
import type { LlamaLibrary } from './model-file.js'

class NoBinaryFoundError extends Error {}

/** A library without a llama.cpp that starts. */
const library = {
  LlamaLogLevel: { warn: 'warn' },
  NoBinaryFoundError,
  getLlama: async () => {
    throw new NoBinaryFoundError()
  },
} as unknown as LlamaLibrary

const failureOf = (interrupted: AbortSignal) =>
  loadModel({
    library,
    args: {
      deployment: 'small',
      modelPath: '/nowhere.gguf',
      contextLength: 2048,
      threads: 1,
      sequences: 1,
      maxWaiting: 0,
      gpu: 'auto',
      lora: [],
    },
    log: silentLog,
    interrupted,
  })

describe('a llama.cpp that does not start', () => {
  it('is not installed', async () => {
    await expect(failureOf(new AbortController().signal)).rejects.toMatchObject({
      code: 'llm.gpu-not-available',
      retryable: false,
      params: { gpu: 'auto' },
    })
  })

  it('was broken off, where the process was told to stop', async () => {
    await expect(failureOf(AbortSignal.abort('SIGINT'))).rejects.toMatchObject({
      code: 'llm.cancelled',
      retryable: true,
    })
  })
})
