import { describe, expect, it } from 'vitest'
import { createRefusalDetector } from './refusal.js'

const isRefusal = createRefusalDetector(['這題手冊裡查不到'])

describe('a refusal', () => {
  it.each([
    'The documents do not contain this.',
    'I could not find the answer in the handbook.',
    "I'm sorry, but this is not mentioned in the provided documents.",
    'There is no information about trademarks in the handbook.',
    '文件中沒有這項資訊。',
    '很抱歉，手冊未提及商標註冊。',
    '我無法從提供的文件中找到答案。',
    '找不到相關資料。',
    '這題手冊裡查不到，請洽客服。',
  ])('is recognised: %s', (text) => {
    expect(isRefusal({ text, citations: [] })).toBe(true)
  })

  it.each([
    'The annual fee is NT$3,000.',
    'Cards that are not activated are cancelled.',
    '年費 3,000 元，不可減免。',
    '晶片自然故障免收。',
    'You cannot unlock the chip by telephone.',
  ])('is not seen in an answer: %s', (text) => {
    expect(isRefusal({ text, citations: [] })).toBe(false)
  })

  it('cites nothing', () => {
    expect(isRefusal({ text: 'The documents do not contain this.', citations: [{}] })).toBe(false)
  })
})
