// Tool calls as servers of chat completions have been seen to send them, and as their clients expect them.

import { describe, expect, it } from 'vitest'
import { chunk } from '../__fixtures__/chunks.js'
import type { ChatEvent } from '../contract.js'
import { codecs } from './codecs.js'

const options = { id: 'answer_1', model: 'm', createdSeconds: 1 }
const foreign = ['anthropic-messages', 'openai-responses', 'gemini'] as const
const end = chunk({}, 'tool_calls')

interface Heard {
  id: string | undefined
  name: string | undefined
  arguments: string
}

/** The calls of an answer in the words of a dialect, each with all its arguments. */
const heard = (events: readonly ChatEvent[]): Heard[] => {
  const calls: Heard[] = []
  for (const event of events) {
    if (event.type !== 'tool-call') continue
    calls[event.index] ??= { id: event.id, name: event.name, arguments: '' }
    const call = calls[event.index]
    if (call) call.arguments += event.arguments
  }
  return calls
}

type Dialect = keyof typeof codecs
const through = (dialect: Dialect, events: readonly ChatEvent[]) => {
  const encoder = codecs[dialect].createStreamEncoder(options)
  const bytes = [...events.map((event) => encoder.encode([event])), encoder.end()]
  return heard(codecs[dialect].createStreamDecoder().push(Buffer.concat(bytes)))
}
const decoded = (...deltas: readonly object[]) =>
  codecs['openai-chat']
    .createStreamDecoder()
    .push(Buffer.from([...deltas.map((delta) => chunk(delta)), end].join('')))
const said = (...calls: readonly object[]) => ({ tool_calls: calls })
const begin = (id: string | undefined, name: string, args: unknown, index?: number) => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
})
const goOn = (args: string, more: object = {}) => ({ ...more, function: { arguments: args } })

const f = { id: 'a', name: 'f', arguments: '{"x":1}' }
const g = { id: 'b', name: 'g', arguments: '{"y":2}' }

describe.each(foreign)('calls for a client of %s', (dialect) => {
  it.each([
    ['all under index 0', decoded(said(begin('a', 'f', '{"x":1}', 0)), said(begin('b', 'g', '{"y":2}', 0)))],
    [
      'all under index 0, in pieces',
      decoded(
        said(begin('a', 'f', '', 0)),
        said(goOn('{"x":1}', { index: 0 })),
        said(begin('b', 'g', '{"y"', 0)),
        said(goOn(':2}', { index: 0 })),
      ),
    ],
    [
      'without an index',
      decoded(said(begin('a', 'f', '{"x":')), said(goOn('1}')), said(begin('b', 'g', '{"y":2}'))),
    ],
    ['with objects for arguments', decoded(said(begin('a', 'f', { x: 1 }, 0), begin('b', 'g', { y: 2 }, 1)))],
    [
      'with another id for each piece',
      decoded(
        said(begin('a', 'f', '{"x":', 0)),
        said(goOn('1}', { index: 0, id: 'a2' })),
        said(begin('b', 'g', '{"y":2}', 1)),
      ),
    ],
  ])('%s keep their own arguments', (_habit, events) => {
    expect(through(dialect, events)).toEqual([f, g])
  })

  it.each([undefined, ''])('are said where the server gives them the id %j', (id) => {
    const calls = through(dialect, decoded(said(begin(id, 'f', '{"x":', 0)), said(goOn('1}', { index: 0 }))))
    expect(calls).toEqual([{ ...f, id: expect.stringMatching(/^call_[\w-]{1,35}$/) }])
  })
})

describe.each(['openai-chat', 'openai-responses'] as const)(
  'a call that takes nothing, for %s',
  (dialect) => {
    const call: ChatEvent = { type: 'tool-call', choice: 0, index: 0, id: 'a', name: 'f', arguments: '' }
    const mark: ChatEvent = { type: 'tool-call', choice: 0, index: 0, arguments: '' }
    const other: ChatEvent = { ...call, index: 1, id: 'b', name: 'g', arguments: '{"y":2}' }

    it('has an empty object for arguments', () => {
      const finish: ChatEvent = { type: 'finish', choice: 0, reason: 'tool_calls' }
      expect(through(dialect, [call, mark, other, finish])).toEqual([{ ...f, arguments: '{}' }, g])
    })

    it('has none where it was cut', () => {
      const finish: ChatEvent = { type: 'finish', choice: 0, reason: 'length' }
      expect(through(dialect, [call, finish])).toEqual([{ ...f, arguments: '' }])
    })
  },
)
