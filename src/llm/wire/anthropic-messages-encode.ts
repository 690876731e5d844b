// Writes answers of Anthropic's Messages API, streamed or whole. Differences to what came in: comments, ids and
// retry fields of the SSE framing are gone; an error is written as `renderError` says.

import type { ChatEvent } from '../contract.js'
import { foldMessage } from './anthropic-messages-native.js'
import { createEventWriter } from './anthropic-messages-write-events.js'
import { defaultError } from './error-body.js'
import type { Fields } from './fields.js'
import { sseText } from './sse-writer.js'
import type { EncoderOptions, StreamEncoder } from './wire-codec.js'

export const createStreamEncoder = (options: EncoderOptions): StreamEncoder => {
  const writer = createEventWriter(options)
  let failed = false
  const textOf = (events: readonly Fields[]) =>
    events.map((event) => sseText(JSON.stringify(event), String(event.type))).join('')
  const writeError = (event: Extract<ChatEvent, { readonly type: 'error' }>) => {
    failed = true
    const { type, message } = (options.renderError ?? defaultError)(event.error)
    return textOf([{ type: 'error', error: { type, message } }])
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
  return foldMessage([...events.flatMap((event) => writer.write(event)), ...writer.end()])
}
