import { describe, expect, it } from 'vitest'
import { createReasoningReader } from './reasoning-reader.js'

const read = (text: string, { length = text.length || 1, isThinking = false } = {}) => {
  const reader = createReasoningReader(isThinking)
  let thought = ''
  let said = ''
  const add = (parted: ReturnType<typeof reader.push>) => {
    thought += parted.thought
    said += parted.said.text
  }
  for (let at = 0; at < text.length; at += length)
    add(reader.push({ text: text.slice(at, at + length), logprobs: [] }))
  add(reader.rest())
  return { thought, said }
}

describe.each([1, 3, 500])('in pieces of %i characters', (length) => {
  it('thinking is parted from the answer, and the space between them goes', () => {
    expect(read('\n<think>\nFees?\n</think>\n\nNT$15.', { length })).toEqual({
      thought: '\nFees?\n',
      said: 'NT$15.',
    })
  })

  it('thinking that the prompt has opened has no mark of its own', () => {
    expect(read('Fees?</think>NT$15.', { length, isThinking: true })).toEqual({
      thought: 'Fees?',
      said: 'NT$15.',
    })
  })

  it('an answer without it stays as it is, also where it only begins alike or mentions it', () => {
    for (const text of [' <thin', '< b', ' a <think>b</think> c', ''])
      expect(read(text, { length })).toEqual({ thought: '', said: text })
  })

  it('an answer that ends while it thinks has no text', () => {
    expect(read('<think>Fees? </thi', { length })).toEqual({ thought: 'Fees? </thi', said: '' })
  })
})

it('keeps the tokens of the answer', () => {
  const reader = createReasoningReader(true)
  const token = (text: string) => ({ text, logprobs: [{ token: text, logprob: 0 }] })
  expect(reader.push(token('hm')).said.logprobs).toEqual([])
  expect(reader.isThinking()).toBe(true)
  reader.push(token('</think>'))
  expect(reader.isThinking()).toBe(false)
  expect(reader.push(token('yes')).said.logprobs).toEqual([{ token: 'yes', logprob: 0 }])
})
