import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../core/index.js'
import { createGuardrails } from '../../guardrails/index.js'
import {
  answerStream,
  type ChatEvent,
  type ChatModel,
  codecs,
  createFrame,
  createScriptedModel,
  type Frame,
  wireOf,
} from '../../llm/index.js'
import type { GuardrailPolicy } from '../../spec/index.js'
import { createMetrics } from '../../telemetry/index.js'
import { chatRequest, gatewayCall } from '../__fixtures__/gateway-call.js'
import { architectureOf } from '../__fixtures__/harness.js'
import { chunk, finish } from '../__fixtures__/upstream.js'
import { withOutputGuard } from './with-output-guard.js'

const mail = 'wang@example.com'
const role = chunk({ role: 'assistant', content: '' })
const says = (content: string) => chunk({ content })

/** One frame per text, each of whole events. */
const framesOf = (texts: readonly string[]): readonly Frame[] =>
  texts.map((text) => {
    const bytes = Buffer.from(text)
    return createFrame({ dialect: 'openai-chat', framing: 'sse', bytes }, (whole) =>
      codecs['openai-chat'].createStreamDecoder().push(whole),
    )
  })

/** A model that says these frames. */
const modelOf = (frames: readonly Frame[]): ChatModel => ({
  ...createScriptedModel({ id: 'main', script: '', clock: createManualClock() }),
  open: async () => answerStream({ answeredBy: { stage: 'cache' }, frames }),
})

interface Passed {
  readonly bytes: string | undefined
  readonly text: string
}

/** What comes out behind the guard, one by one. */
const guarded = async (texts: readonly string[], changes: object = {}): Promise<readonly Passed[]> => {
  const [policy] = architectureOf({ guardrails: [{ id: 'g', ...changes }] }).guardrails
  const deps = {
    guard: createGuardrails({ policies: [policy as GuardrailPolicy] }),
    policy: 'g',
    metrics: createMetrics(),
  }
  const model = withOutputGuard(deps)(modelOf(framesOf(texts)))
  const stream = await model.open(chatRequest('x', { stream: true }), gatewayCall())
  const passed: Passed[] = []
  for await (const frame of stream.frames)
    passed.push({ bytes: bytesOf(frame), text: textOf(frame.events()) })
  return passed
}

const bytesOf = (frame: Frame) => {
  const wire = wireOf(frame)
  return wire && Buffer.from(wire.bytes).toString('utf8')
}
const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')
const whole = (passed: readonly Passed[]) => passed.map(({ text }) => text).join('')

describe('an answer under a guard that may change it', () => {
  it('goes on byte for byte while nothing has to change, each frame when its text is decided', async () => {
    const texts = [role, says('The'), says(' fees'), says(' are free'), finish]
    const passed = await guarded(texts)
    expect(passed.map(({ bytes }) => bytes)).toEqual(texts)
  })

  it('is edited from the first finding on, and nothing of it or behind it has bytes', async () => {
    const texts = [
      role,
      says('Ask'),
      says(' wang@exa'),
      says('mple.com'),
      says(' or me.'),
      says(' Bye'),
      finish,
    ]
    const passed = await guarded(texts)
    expect(passed.slice(0, 2).map(({ bytes }) => bytes)).toEqual(texts.slice(0, 2))
    expect(passed.slice(2).map(({ bytes }) => bytes)).toEqual(passed.slice(2).map(() => undefined))
    expect(whole(passed)).toBe('Ask [EMAIL] or me. Bye')
  })

  it('begins with what may be said of its first frame, by events where it holds several', async () => {
    const first = `${role}${says('Fees')}${says(' are free')}`
    const passed = await guarded([first, says(' now'), finish])
    expect(passed[0]).toEqual({ bytes: role, text: '' })
    expect(passed[1]).toEqual({ bytes: says('Fees'), text: 'Fees' })
    expect(passed.map(({ bytes }) => bytes).join('')).toBe(`${first}${says(' now')}${finish}`)
  })

  it('begins with a part of an event where that is all that may be said', async () => {
    const passed = await guarded([role, says('Sure, I can'), says(' help'), finish])
    expect(passed[1]).toEqual({ bytes: undefined, text: 'Sure, I ' })
    expect(whole(passed)).toBe('Sure, I can help')
  })

  it('does not keep much that may be said waiting for the rest of a frame', async () => {
    const long = ` word${' and more'.repeat(40)} wan`
    const passed = await guarded([role, says('A'), says(long), says('g'), finish])
    expect(passed.some(({ bytes, text }) => bytes === undefined && text.length > 200)).toBe(true)
    expect(whole(passed)).toBe(`A${long}g`)
  })

  it('keeps the order where something else than text comes while text is held', async () => {
    const call = chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] })
    const thought = chunk({ reasoning_content: 'hm' })
    const passed = await guarded([role, says('One'), says(' two'), thought, says(' three'), call, finish])
    expect(whole(passed)).toBe('One two three')
  })

  it('ends a blocked answer where it is', async () => {
    const block = { output: { personalData: 'block' } }
    const passed = await guarded(
      [role, says('Ask'), says(` ${mail}`), says(' now'), says(' bye'), finish],
      block,
    )
    expect(whole(passed)).toMatch(/^Ask ?$/)
  })

  it('says the rest when the stream ends without a finish', async () => {
    expect(whole(await guarded([role, says('Fees'), says(' are')]))).toBe('Fees are')
  })

  it('says what the whole text would, however it was cut, and leaks nothing', async () => {
    const sentence = fc.constantFrom(
      `Write to ${mail} now. `,
      'Fees are free. ',
      '費用為 NT$100。',
      'A123456789 ',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        async (sentences, lengths, joins) => {
          const text = sentences.join('')
          const texts = cut(text, lengths).map(says)
          const events = [role, ...texts, finish]
          const frames = events.reduce<string[]>((made, event, i) => {
            if (made.length > 0 && joins[i % joins.length]) made.push(`${made.pop()}${event}`)
            else made.push(event)
            return made
          }, [])
          const passed = await guarded(frames)
          expect(whole(passed)).toBe(text.replaceAll(mail, '[EMAIL]').replaceAll('A123456789', '[TW_ID]'))
          const firstEdited = passed.findIndex(({ bytes }) => bytes === undefined)
          if (firstEdited >= 0)
            expect(passed.slice(firstEdited).every(({ bytes }) => bytes === undefined)).toBe(true)
          else expect(passed.map(({ bytes }) => bytes).join('')).toBe(events.join(''))
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** In pieces of these lengths, taken in turn. */
const cut = (text: string, lengths: readonly number[]): readonly string[] => {
  const pieces: string[] = []
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return pieces
}
