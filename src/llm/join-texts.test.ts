import { describe, expect, it } from 'vitest'
import { chunk } from './__fixtures__/chunks.js'
import type { ChatEvent } from './contract.js'
import { joinTexts } from './join-texts.js'
import { createFrameDecoder } from './wire/openai-chat-decode.js'

const text = (said: string, more: object = {}): ChatEvent => ({
  type: 'text',
  choice: 0,
  text: said,
  ...more,
})
const textsOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : event.type))

describe('texts that follow each other', () => {
  it('become one', () => {
    expect(joinTexts([text('a'), text('b'), text('c')])).toEqual([text('abc')])
  })

  it('stay apart where something else stands between, or another choice speaks', () => {
    const events = [
      text('a'),
      text('b', { choice: 1 }),
      { type: 'finish', choice: 0, reason: 'stop' } as const,
    ]
    expect(joinTexts([...events, text('c')])).toEqual([...events, text('c')])
  })

  it('stay apart where either has log probabilities or fields of another dialect', () => {
    const logprobs = [{ token: 'a', logprob: -1 }]
    const extra = { 'openai-responses': { event: { sequence_number: 1 } } }
    const events = [text('a', { logprobs }), text('b'), text('c', { extra }), text('d', { extra })]
    expect(joinTexts(events)).toEqual(events)
  })

  it('become one where a decoder has read them by one pattern, with what stands around them', () => {
    const decode = createFrameDecoder().events
    const chunks = ['a', 'b', 'c', 'd'].map((content) => chunk({ content }))
    const events = chunks.flatMap((one) => decode(Buffer.from(one)))
    // The first chunk is parsed; the pattern is learnt from it.
    expect(textsOf(joinTexts(events))).toEqual(['a', 'bcd'])
    expect(joinTexts(events)[1]?.extra).toEqual(events[1]?.extra)
  })

  it('are none where there are none', () => {
    expect(joinTexts([])).toEqual([])
  })
})
