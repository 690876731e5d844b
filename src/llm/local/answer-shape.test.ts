import { expect, it } from 'vitest'
import { answerShape } from './answer-shape.js'

const shapeFor = (top: number) =>
  answerShape({ tenant: 'default', messages: [], logprobs: { top } }, () => () => undefined)

it.each([0, 20])('%d likeliest tokens in each place may be asked for', (top) => {
  expect(shapeFor(top).tools).toEqual([])
})

it.each([-1, 1.5, 21, 1e9])('%d likeliest tokens in each place are refused', (top) => {
  expect(() => shapeFor(top)).toThrow(
    expect.objectContaining({
      code: 'llm.request-unreadable',
      params: expect.objectContaining({ field: 'top_logprobs' }),
    }),
  )
})
