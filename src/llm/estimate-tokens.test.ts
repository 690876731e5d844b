import { describe, expect, it } from 'vitest'
import { testRequest } from './__fixtures__/call.js'
import { estimateRequestTokens, estimateTokens } from './estimate-tokens.js'

describe('the estimate of tokens', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['What does a transfer cost?', 7],
    ['跨行轉帳手續費', 7],
    ['轉帳 transfer', 5],
    ['Сколько стоит перевод', 10],
    ['😀😀', 2],
  ])('of %j is %i', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens)
  })

  it('of a request counts every part that becomes tokens, and says that it is no count', () => {
    const base = estimateRequestTokens(testRequest())
    expect(base).toEqual({ tokens: 3 + 4 + 7, exact: false })
    const user = (part: object) =>
      estimateRequestTokens(testRequest({ messages: [{ role: 'user', parts: [part as never] }] })).tokens
    expect(user({ type: 'image', url: 'x' })).toBe(7 + 765)
    expect(user({ type: 'tool-call', id: 'a', name: 'block', arguments: '{"a":1}' })).toBe(7 + 2 + 2)
    expect(
      user({ type: 'tool-result', id: 'a', content: [{ type: 'text', text: '好的', source: 'tool' }] }),
    ).toBe(7 + 2)
    expect(user({ type: 'reasoning', text: '好的' })).toBe(7 + 2)
    expect(user({ type: 'file', data: 'A'.repeat(60) })).toBe(7 + 10)
    expect(user({ type: 'file', id: 'file-1' })).toBe(7)
    const tools = [{ name: 'block', parameters: { type: 'object' } }]
    expect(estimateRequestTokens(testRequest({ tools })).tokens).toBeGreaterThan(base.tokens + 10)
  })
})
