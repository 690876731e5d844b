import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunk, sse } from '../__fixtures__/chunks.js'
import { replaceText } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { codecs } from './codecs.js'
import { createFrameDecoder } from './openai-chat-decode.js'

/** What the decoder says that parses every chunk. */
const parsed = (text: string) => codecs['openai-chat'].createStreamDecoder().push(Buffer.from(text))

const decoded = (events: readonly string[]) => {
  const decode = createFrameDecoder().events
  return events.flatMap((event) => decode(Buffer.from(event)))
}

/** Without what stands around texts, and neighbouring texts of a choice as one. */
const said = (events: readonly ChatEvent[]) => {
  const joined: { type: string; choice: number; text?: string }[] = []
  for (const { type, choice, ...event } of events) {
    const text = 'text' in event ? { text: event.text } : {}
    const last = joined.at(-1)
    if (last?.text !== undefined && text.text !== undefined && last.choice === choice) last.text += text.text
    else joined.push({ type, choice, ...text })
  }
  return joined
}

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'tiny' }
const more = (fields: object, content: string) =>
  sse({ ...head, ...fields, choices: [{ index: 0, delta: { content }, finish_reason: null }] })

describe('chunks that fit a pattern', () => {
  it.each([
    ['words', [chunk({ content: 'a' }), chunk({ content: ' b' }), chunk({ content: '' })]],
    [
      'escapes',
      [
        chunk({ content: 'a' }),
        chunk({ content: '"' }),
        chunk({ content: '\\n\\' }),
        chunk({ content: 'b' }),
      ],
    ],
    ['another choice', [chunk({ content: 'a' }), chunk({ content: 'b' }, null, 1), chunk({ content: 'c' })]],
    ['a finish', [chunk({ content: 'a' }), chunk({ content: 'b' }, 'stop'), chunk({ content: 'c' })]],
    ['the field inside a text', [more({ note: '"content":"' }, 'a'), more({ note: '"content":"' }, 'b')]],
    ['the field elsewhere', [more({ note: { content: 'a' } }, 'a'), more({ note: { content: 'b' } }, 'a')]],
    ['the field twice', [more({ note: { content: 'x' } }, 'a'), more({ note: { content: 'x' } }, 'b')]],
    [
      'cut JSON',
      [chunk({ content: 'a' }), chunk({ content: 'b' }).replace('}]}', ''), chunk({ content: 'c' })],
    ],
  ])('say what the parser reads: %s', (_what, events) => {
    expect(decoded(events)).toEqual(parsed(events.join('')))
  })

  it('say what the parser reads, for any texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 6 }), (texts) => {
        const events = texts.map((content) => chunk({ content: content.toWellFormed() }))
        expect(decoded(events)).toEqual(parsed(events.join('')))
      }),
    )
  })

  it('have their texts joined in a gist, which says the same otherwise', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.nat(1)), { maxLength: 8 }), (texts) => {
        const events = texts.map(([content, choice]) =>
          chunk({ content: content.toWellFormed() }, null, choice),
        )
        const bytes = Buffer.from([...events, chunk({}, 'stop'), 'data: [DONE]\n\n'].join(''))
        expect(said(createFrameDecoder().gist(bytes))).toEqual(said(parsed(bytes.toString())))
      }),
    )
    const bytes = Buffer.from(['a', 'b', 'c', 'd'].map((content) => chunk({ content })).join(''))
    expect(createFrameDecoder().gist(bytes)).toHaveLength(2)
  })

  it('stay chunks of their own when they are written again', () => {
    const events = ['a', 'b', 'c'].map((content) => chunk({ content }))
    const encoder = codecs['openai-chat'].createStreamEncoder({ id: 'x', model: 'y', createdSeconds: 0 })
    expect(Buffer.from(encoder.encode(decoded(events))).toString()).toBe(events.join(''))
  })
})

describe('chunks whose text was replaced', () => {
  const encode = (events: readonly ChatEvent[]) =>
    Buffer.from(
      codecs['openai-chat'].createStreamEncoder({ id: 'x', model: 'y', createdSeconds: 0 }).encode(events),
    ).toString()
  const replaced = (events: readonly ChatEvent[], text: string) =>
    events.map((event) => (event.type === 'text' ? replaceText(event, text) : event))

  it('keep everything around the text, byte for byte, from the second on', () => {
    const spaced = ['a', 'b', 'c'].map((content) => chunk({ content }).replace('{"id"', '{  "id"'))
    const [, ...expected] = spaced.map((event) => event.replace(/"content":"."/, '"content":"\\"安\\n"'))
    const [, ...others] = replaced(decoded(spaced), '"安\n')
    expect(encode(others)).toBe(expected.join(''))
  })

  it('lose the copies of the text all the same', () => {
    const events = ['a', 'b', 'c'].map((content) => chunk({ content, obfuscation: 'same' }))
    const written = encode(replaced(decoded(events), '[EMAIL]'))
    expect(written.match(/\[EMAIL\]/g)).toHaveLength(3)
    expect(written).not.toContain('same')
  })

  it('say what the encoder writes that puts them together, for any texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 6 }),
        fc.string(),
        (texts, text) => {
          const events = texts.map((content) => chunk({ content: content.toWellFormed() }))
          expect(encode(replaced(decoded(events), text))).toBe(
            encode(replaced(parsed(events.join('')), text)),
          )
        },
      ),
    )
  })
})
