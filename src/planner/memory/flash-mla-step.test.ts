import { describe, expect, it } from 'vitest'
import { cardOf, modelOf, requestOf } from '../fit/__fixtures__/case-request.js'
import { fitModel } from '../fit/fit-model.js'
import { flashMlaStep } from './flash-mla-step.js'

const flash = modelOf('deepseek-ai/DeepSeek-V4-Flash')
const step = (cardName: string, tensorParallel = 2) =>
  flashMlaStep(flash, { cardName, tokens: 8192, tensorParallel, maxModelLen: 1_048_576 })

describe('a step of compressed attention under FlashMLA', () => {
  it('copies the queries of a card into 64 heads, and writes an output as wide', () => {
    // 64 heads over two cards: (32 + 2 x 64) x 512 x 2 bytes; over eight (8 + 2 x 64).
    expect(step('h20')?.attentionBytesPerToken).toBe(163_840)
    expect(step('b200', 8)?.attentionBytesPerToken).toBe(139_264)
  })

  it('mixes four residual streams, and gathers the keys of four prompts', () => {
    // 4 x (1,048,576 / 4 + 128 + 8,192) x 512 x 2 bytes and 8,192 x 640 numbers = 1.05 GiB.
    expect(step('h20')?.streams).toBe(4)
    expect((step('h20')?.workspaceBytes ?? 0) / 2 ** 30).toBeCloseTo(1.05, 2)
  })

  it('is of the cards that those kernels are for, and of no other attention', () => {
    expect([step('rtx_pro_6000'), step('a100_sxm')]).toEqual([null, null])
    const other = modelOf('deepseek-ai/DeepSeek-V2-Lite-Chat')
    expect(
      flashMlaStep(other, { cardName: 'h20', tokens: 8192, tensorParallel: 1, maxModelLen: 8192 }),
    ).toBeNull()
  })

  it('is what the peak of that model is made of', () => {
    // (163,840 + 5 x 4 x 4,096 x 2) x 8,192 + 0.5 GiB, and the buffer of 1.05 GiB: 4.05 GiB.
    const { activationsGiBPerGpu } = fitModel(
      requestOf(flash, {
        card: cardOf('H20'),
        count: 2,
        tensorParallel: 2,
        maxModelLen: 1_048_576,
        engineVersion: '0.26.0',
        kvDtype: 'fp8',
      }),
    )
    expect(activationsGiBPerGpu).toBeCloseTo(4.05, 2)
  })
})
