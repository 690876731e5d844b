// Puts texts into the request's span, where the architecture asks for it: what came in after the input guard has been
// through it, and what goes out after the output guard has. Secrets by their shape are taken out by the tracer.
// Composed only where it is asked for.

import type { ChatStream, Frame, Message, Part } from '../../llm/index.js'
import type { Span } from '../../telemetry/index.js'
import { type Stage, withOpen } from '../call.js'

/** Of one text, in UTF-16 units; the rest is left out. */
const maxLength = 8_192
/** The last ones. */
const maxMessages = 20

export const withContentSpan: Stage = (inner) =>
  withOpen(inner, async (request, call) => {
    const { span } = call
    if (!span) return inner.open(request, call)
    span.setContent('gen_ai.input.messages', request.messages.slice(-maxMessages).map(messageOf))
    return tellingAnswer(await inner.open(request, call), span)
  })

const messageOf = ({ role, parts }: Message) => ({ role, parts: parts.map(partOf) })

const partOf = (part: Part) =>
  part.type === 'text' || part.type === 'reasoning'
    ? { type: part.type, content: part.text.slice(0, maxLength) }
    : { type: part.type }

/** The same stream; its texts are told once it was read, to its end or not. */
const tellingAnswer = (stream: ChatStream, span: Span): ChatStream => {
  const texts = new Map<number, string>()
  const add = (frame: Frame) => {
    for (const event of frame.events()) {
      if (event.type !== 'text') continue
      const before = texts.get(event.choice) ?? ''
      if (before.length < maxLength) texts.set(event.choice, (before + event.text).slice(0, maxLength))
    }
  }
  const tell = () => {
    const said = [...texts].map(([, content]) => ({
      role: 'assistant',
      parts: [{ type: 'text', content }],
    }))
    span.setContent('gen_ai.output.messages', said)
  }
  const watch = (result: IteratorResult<Frame, unknown>) => {
    if (result.done) tell()
    else add(result.value)
    return result
  }
  return {
    ...stream,
    frames: {
      [Symbol.asyncIterator]: () => {
        const inner = stream.frames[Symbol.asyncIterator]()
        return {
          next: () => inner.next().then(watch),
          return: (value?: unknown) => {
            tell()
            return inner.return?.(value) ?? Promise.resolve({ done: true, value })
          },
        }
      },
    },
  }
}
