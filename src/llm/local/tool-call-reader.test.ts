import { describe, expect, it } from 'vitest'
import type { Utterance } from './protocol.js'
import { createToolCallReader } from './tool-call-reader.js'

const call = (name: string, args = '{"kind": "transfer"}') =>
  `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`

/** Reads a text in pieces of a length. */
const read = (text: string, { length = text.length, offered = ['fee'] as readonly string[] } = {}) => {
  let ids = 0
  const reader = createToolCallReader(new Set(offered), () => `call_${ids++}`)
  const said: Utterance[] = []
  for (let at = 0; at < text.length; at += length)
    said.push(...reader.push({ text: text.slice(at, at + length), logprobs: [] }))
  said.push(...reader.end())
  return said
}
const textOf = (said: readonly Utterance[]) =>
  said.map((one) => (one.type === 'text' ? one.text : '')).join('')
const callsOf = (said: readonly Utterance[]) => said.filter((one) => one.type === 'tool-call')

describe.each([1, 2, 7, 500])('in pieces of %i characters', (length) => {
  it('a call is read, and the text before it stays', () => {
    const said = read(`One moment.${call('fee')}`, { length })
    expect(textOf(said)).toBe('One moment.')
    expect(callsOf(said)).toEqual([
      { type: 'tool-call', index: 0, id: 'call_0', name: 'fee', arguments: '{"kind": "transfer"}' },
    ])
  })

  it('several calls are counted, and the space between them is no text', () => {
    const said = read(`${call('fee')}\n${call('fee', '{}')}\n`, { length })
    expect(textOf(said)).toBe('')
    expect(callsOf(said).map(({ index, arguments: args }) => [index, args])).toEqual([
      [0, '{"kind": "transfer"}'],
      [1, '{}'],
    ])
  })

  it('a tool that was not offered is text', () => {
    expect(read(call('transfer'), { length })).not.toContainEqual(
      expect.objectContaining({ type: 'tool-call' }),
    )
    expect(textOf(read(call('transfer'), { length }))).toBe(call('transfer'))
  })

  it('what is no JSON object, or has no arguments object, is text', () => {
    for (const text of [
      '<tool_call>fee()</tool_call>',
      call('fee', '[1]'),
      call('fee', '"x"'),
      call('fee', 'null'),
    ])
      expect(textOf(read(text, { length }))).toBe(text)
  })

  it('without tools everything is text', () => {
    expect(textOf(read(call('fee'), { length, offered: [] }))).toBe(call('fee'))
  })
})

it('arguments stay as the model wrote them', () => {
  const args = '{"amount": 1.50, "account": 12345678901234567890}'
  expect(callsOf(read(call('fee', args)))).toMatchObject([{ arguments: args }])
})

it('a call without arguments has an empty object', () => {
  expect(callsOf(read('<tool_call>{"name": "fee"}</tool_call>'))).toMatchObject([{ arguments: '{}' }])
})

it('a call whose closing mark was left out counts; one that was cut does not', () => {
  expect(callsOf(read('<tool_call>\n{"name": "fee", "arguments": {}}\n'))).toHaveLength(1)
  expect(textOf(read('<tool_call>\n{"name": "fee", "argum'))).toBe('<tool_call>\n{"name": "fee", "argum')
})

it('text that only begins like a call is said in the end', () => {
  expect(textOf(read('a < b, <tool', { length: 1 }))).toBe('a < b, <tool')
})

it('the tokens of a call go with the call', () => {
  const reader = createToolCallReader(new Set(['fee']), () => 'call_0')
  const token = (text: string) => ({ text, logprobs: [{ token: text, logprob: -0.1 }] })
  const said = [
    ...reader.push(token('Hi ')),
    ...reader.push(token('<tool_call>\n{"name": "')),
    ...reader.push(token('fee')),
    ...reader.push(token('", "arguments": {}}\n</tool_call>')),
  ]
  expect(said.map((one) => 'logprobs' in one && one.logprobs?.map(({ token: text }) => text))).toEqual([
    ['Hi '],
    ['<tool_call>\n{"name": "', 'fee', '", "arguments": {}}\n</tool_call>'],
  ])
})

it('says when a call has just begun, and when one is being written', () => {
  const reader = createToolCallReader(new Set(['fee']), () => 'call_0')
  reader.push({ text: '<tool_call>', logprobs: [] })
  expect([reader.isAtCall(), reader.isInsideCall()]).toEqual([true, true])
  reader.push({ text: '\n{', logprobs: [] })
  expect([reader.isAtCall(), reader.isInsideCall()]).toEqual([false, true])
  reader.push({ text: '"name": "fee"}</tool_call>', logprobs: [] })
  expect([reader.isAtCall(), reader.isInsideCall(), reader.calls()]).toEqual([false, false, 1])
})
