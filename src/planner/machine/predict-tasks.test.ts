import { describe, expect, it } from 'vitest'
import { predictTasks } from './predict-tasks.js'
import type { TaskModel } from './task-model.js'

const share = { value: 0.9, low: 0.8, high: 1 }
const model: TaskModel = {
  task: 'intents',
  weights: './intents.gguf',
  bytes: 10e6,
  parameters: 5e6,
  languages: ['en'],
  escalateBelow: 0.5,
  contextLength: 512,
  accuracy: share,
  linearAccuracy: share,
}
const localRates = { memoryGBps: 10, matrixGflops: 50, tokenOverheadMs: 1, promptOverheadMs: 2 }

describe('predictions of task models', () => {
  it('are the roofline of the machine, with the way through the gateway', () => {
    const [first, speed] = predictTasks([model], { localRates, speedScore: 2 }, 20)
    // 1 / 2 ms of gateway, 2 ms a prompt, 20 tokens x 10 MFLOP at 50 GFLOP/s = 4 ms
    expect(first).toMatchObject({ id: 'intents.first-token', unit: 'ms', low: 3.25, value: 6.5, high: 13 })
    // 1 ms a token and 10 MB at 10 GB/s = 1 ms
    expect(speed).toMatchObject({ id: 'intents.tokens-per-second', unit: 'tokens/s', value: 500 })
  })
  it('are none where nobody has measured the machine', () => {
    expect(predictTasks([model], { speedScore: 1 }, 20)).toEqual([])
  })
})
