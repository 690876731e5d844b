// Writes answers of OpenAI's Responses API, streamed or whole. Differences to what came in: comments, ids and retry
// fields of the SSE framing are gone; an error is written as `renderError` says; a text that a server sent without
// deltas gets them.

import type { ChatEvent } from '../contract.js'
import { defaultError } from './error-body.js'
import type { Fields } from './fields.js'
import { createEventWriter, foldResponse } from './openai-responses-write-events.js'
import { sseText } from './sse-writer.js'
import type { EncoderOptions, StreamEncoder } from './wire-codec.js'

export const createStreamEncoder = (options: EncoderOptions): StreamEncoder => {
  const writer = createEventWriter(options)
  let failed = false
  const textOf = (events: readonly Fields[]) =>
    events.map((event) => sseText(JSON.stringify(writer.numbered(event)), String(event.type))).join('')
  const writeError = (event: Extract<ChatEvent, { readonly type: 'error' }>) => {
    failed = true
    return textOf(writer.fail((options.renderError ?? defaultError)(event.error)))
  }
  return {
    encode: (events) => {
      let out = ''
      for (const event of events) {
        if (failed) break
        out += event.type === 'error' ? writeError(event) : textOf(writer.write(event))
      }
      return Buffer.from(out, 'utf8')
    },
    end: () => Buffer.from(failed ? '' : textOf(writer.end()), 'utf8'),
  }
}

export const encodeAnswer = (
  events: readonly ChatEvent[],
  options: EncoderOptions,
): Record<string, unknown> => {
  const writer = createEventWriter(options)
  return foldResponse([...events.flatMap((event) => writer.write(event)), ...writer.end()])
}
