import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunk, done, sse, usageChunk } from '../__fixtures__/chunks.js'
import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { estimateTokens } from '../estimate-tokens.js'
import { decodeFrame } from '../wire/openai-chat-decode.js'
import { createFrameScanner } from './scan-frame.js'

const scan = (text: string) => createFrameScanner().scan(Buffer.from(text, 'utf8'))
const isNotableText = (text: string) => scan(text).isUnusual || scan(text).notable.length > 0

describe('content in parts', () => {
  it.each([
    ['thinking', chunk({ content: [{ type: 'thinking', thinking: [] }] }), true],
    [
      'a text, with spaces',
      chunk({ content: [{ type: 'text', text: 'a' }] }).replace('[{"type"', '[ { "type"'),
      true,
    ],
    ['none', chunk({ content: [] }), false],
    [
      'log probabilities',
      sse({ choices: [{ index: 0, delta: {}, logprobs: { content: [{ token: 'a' }] } }] }),
      false,
    ],
  ])('is content: %s', (_what, text, hasContent) => {
    expect(scan(text).hasContent).toBe(hasContent)
  })
})

describe('scanning a frame', () => {
  it.each([
    ['content', chunk({ content: 'Fifteen' }), false],
    ['several events', chunk({ content: 'a' }) + chunk({ content: 'b' }), false],
    ['the done mark', done, false],
    ['comments', ': it is "quoted\n\n:\n\n', false],
    ['a finish', chunk({}, 'stop'), true],
    ['an empty finish', chunk({}, ''), false],
    ['usage', usageChunk(1, 2), true],
    ['usage that is null', sse({ choices: [], usage: null }), false],
    ['an error', sse({ error: { message: 'x' } }), true],
    ['an error beside choices', sse({ choices: [], error: 'x' }), true],
    ['an error that is null', sse({ choices: [], error: null }), false],
    ['no choices', sse({ object: 'ping' }), true],
    ['garbage', 'data: nonsense\n\n', true],
    ['broken JSON', 'data: {"choices":[\n\n', true],
    ['JSON over several lines', 'data: {"choices":\ndata: []}\n\n', true],
    ['an event name', `event: error\n${sse({ choices: [] })}`, true],
    [
      'the words of a finish inside a text',
      chunk({ content: '"finish_reason":"stop" {"error":{"usage":{' }),
      false,
    ],
    [
      'the words of an error inside arguments',
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"error":{"usage":{}}}' } }] }),
      false,
    ],
    ['a text that is the word error', chunk({ content: 'error' }), false],
  ])('finds out whether it is notable: %s', (_what, text, isNotable) => {
    expect(isNotableText(text)).toBe(isNotable)
  })

  it('sees the done mark only where it stands alone', () => {
    expect(scan(chunk({ content: 'a' }) + done).isDone).toBe(true)
    expect(scan('data:[DONE]\n\n').isDone).toBe(true)
    expect(scan(chunk({ content: 'data: [DONE]' })).isDone).toBe(false)
  })

  it('finds every finish, usage and error, and whether there is content', () => {
    const delta = fc.record(
      {
        content: fc.option(fc.string({ unit: 'grapheme' })),
        reasoning_content: fc.string({ unit: 'grapheme' }),
        extra: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const event = fc.oneof(
      fc
        .tuple(delta, fc.constantFrom(null, null, 'stop', '"'))
        .map(([value, finish]) => chunk(value, finish)),
      fc.constantFrom(
        done,
        ': ping\n\n',
        usageChunk(1, 1),
        sse({ error: { message: 'x' } }),
        'data: {"a\n\n',
      ),
      fc.jsonValue().map((value) => sse(value)),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (events) => {
        const bytes = Buffer.from(events.join(''), 'utf8')
        const isTelling = ({ type }: ChatEvent) => type === 'finish' || type === 'usage' || type === 'error'
        const { notable, isUnusual, hasContent } = createFrameScanner().scan(bytes)
        const whole = decodeFrame(bytes)
        const read = isUnusual
          ? whole
          : notable.flatMap(({ start, end }) => decodeFrame(bytes.subarray(start, end)))
        const meaning = (from: readonly ChatEvent[]) =>
          from.filter(isTelling).map(({ extra: _extra, ...rest }) => JSON.stringify(rest))
        expect(meaning(read)).toEqual(meaning(whole))
        if (
          !isUnusual &&
          whole.some(({ type }) => type === 'text' || type === 'reasoning' || type === 'tool-call')
        )
          expect(hasContent).toBe(whole.some((event) => event.type !== 'item' && isContent(event)))
      }),
      { numRuns: 1000 },
    )
  })

  it('estimates the tokens of its texts as estimateTokens does', () => {
    // Scripts whose bytes and whose UTF-16 units are counted alike; rarer ranges may differ by their share.
    const text = fc.string({
      unit: fc.constantFrom('a', 'Z', ' ', '"', '\\', '\n', 'é', 'я', '跨', 'か', '한', '，', '😀'),
      maxLength: 40,
    })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
        const frame = texts.map((content) => chunk({ content })).join('')
        const expected = estimateTokens(texts.join(''))
        expect(Math.ceil(scan(frame).outputTokens)).toBe(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('estimates escaped characters as the characters they are', () => {
    const escaped = sse('x').replace('x', '{"choices":[{"delta":{"content":"\\u8de8\\u884c\\u0041\\n"}}]}')
    expect(scan(escaped).outputTokens).toBe(2 + 2 / 4)
  })

  it('notices what differs from a chunk that repeats', () => {
    const plain = chunk({ content: 'a' }) + chunk({ content: 'b' })
    for (const odd of [
      chunk({ content: 'c' }, 'stop'),
      chunk({ content: 'c' }).replace('"finish_reason":null', '"finish_reason":null,"error":"x"'),
      chunk({ content: 'c' }).replace('"c"', '"c'),
      chunk({ content: 'c' }).replace('"c"', '"c\n"'),
      chunk({ content: 'c' }).slice(0, -3),
    ])
      expect(isNotableText(plain + odd + plain)).toBe(true)
    expect(isNotableText(plain + chunk({ content: '"}\\' }) + plain)).toBe(false)
  })
})
