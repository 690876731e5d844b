// A chat completions server may begin several calls and go on with each in turn. APIs that say one thing after the
// other still get each call's own arguments.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../contract.js'
import { codecs } from './codecs.js'

const options = { id: 'answer_1', model: 'm', createdSeconds: 1 }

const call = (index: number, piece: string, id?: string): ChatEvent => ({
  type: 'tool-call',
  choice: 0,
  index,
  ...(id !== undefined && { id, name: `tool_${index}` }),
  arguments: piece,
})
const text = (said: string): ChatEvent => ({ type: 'text', choice: 0, text: said })
const finish: ChatEvent = { type: 'finish', choice: 0, reason: 'tool_calls' }

/** What a client has got: the text, and each call's arguments by its id. */
const heard = (events: readonly ChatEvent[]) => {
  const ids = new Map<number, string>()
  const calls: Record<string, string> = {}
  let said = ''
  for (const event of events) {
    if (event.type === 'text') said += event.text
    if (event.type !== 'tool-call') continue
    if (event.id !== undefined) ids.set(event.index, event.id)
    const id = ids.get(event.index) ?? 'none'
    calls[id] = (calls[id] ?? '') + event.arguments
  }
  return { said, calls }
}

const dialects = ['anthropic-messages', 'openai-responses', 'gemini', 'openai-chat'] as const

const through = (dialect: (typeof dialects)[number], events: readonly ChatEvent[]) => {
  const encoder = codecs[dialect].createStreamEncoder(options)
  const bytes = [...events.map((event) => encoder.encode([event])), encoder.end()]
  return heard(codecs[dialect].createStreamDecoder().push(Buffer.concat(bytes)))
}

describe.each(dialects)('calls of which each goes on in turn, for %s', (dialect) => {
  it('keep their own arguments', () => {
    const events = [
      call(0, '', 'a'),
      call(0, '{"x":'),
      call(1, '{"y"', 'b'),
      call(0, '1}'),
      call(1, ':2}'),
      finish,
    ]
    expect(through(dialect, events).calls).toEqual({ a: '{"x":1}', b: '{"y":2}' })
  })

  it('keep them where all begin before the first has any, and where one never gets any', () => {
    const events = [call(0, '', 'a'), call(1, '', 'b'), call(1, '{"y":2}'), finish]
    const { calls } = through(dialect, events)
    expect(calls.b).toBe('{"y":2}')
    expect(['', '{}']).toContain(calls.a)
  })

  it('keep them beside a text', () => {
    const events = [call(0, '{"x"', 'a'), text('Wait.'), call(0, ':1}'), finish]
    expect(through(dialect, events)).toEqual({ said: 'Wait.', calls: { a: '{"x":1}' } })
  })

  it('keep them however they are cut and mixed', () => {
    const pieces = fc.array(fc.record({ call: fc.nat(3), length: fc.integer({ min: 1, max: 5 }) }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), pieces, (count, turns) => {
        const whole = Array.from({ length: count }, (_, i) => `{"n":${i},"s":"}{${'x'.repeat(i)}"}`)
        const left = [...whole]
        const begun = new Set<number>()
        const events: ChatEvent[] = []
        const say = (index: number, length: number) => {
          const rest = left[index]
          if (rest === undefined || rest === '') return
          // Calls begin in their order, as they do in chat completions.
          for (let i = 0; i <= index; i++) if (!begun.has(i)) events.push(call(i, '', `call_${i}`))
          for (let i = 0; i <= index; i++) begun.add(i)
          events.push(call(index, rest.slice(0, length)))
          left[index] = rest.slice(length)
        }
        for (const { call: index, length } of turns) say(index, length)
        for (let index = 0; index < count; index++) say(index, 100)
        expect(through(dialect, [...events, finish]).calls).toEqual(
          Object.fromEntries(whole.map((args, i) => [`call_${i}`, args])),
        )
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})
