// Writes answers of Gemini's API, streamed (as server-sent events, or as one JSON array) or whole. Differences to what
// came in: comments, ids and retry fields of the SSE framing are gone; an error is written as `renderError` says.

import type { ChatEvent } from '../contract.js'
import { defaultError } from './error-body.js'
import type { Fields } from './fields.js'
import { geminiError } from './gemini-error.js'
import { foldChunks } from './gemini-fold-chunks.js'
import { createChunkWriter } from './gemini-write-chunks.js'
import { sseText } from './sse-writer.js'
import type { EncoderOptions, StreamEncoder } from './wire-codec.js'

export const createStreamEncoder = (options: EncoderOptions): StreamEncoder => {
  const writer = createChunkWriter(options)
  const framing = options.framing === 'json' ? arrayFraming() : eventFraming
  let failed = false
  const writeError = (event: Extract<ChatEvent, { readonly type: 'error' }>) => {
    failed = true
    const error = geminiError((options.renderError ?? defaultError)(event.error))
    return framing.chunks([...writer.flush(), error]) + framing.end()
  }
  return {
    encode: (events) => {
      let out = ''
      for (const event of events) {
        if (failed) break
        out += event.type === 'error' ? writeError(event) : framing.chunks(writer.write(event))
      }
      if (!failed) out += framing.chunks(writer.flush())
      return Buffer.from(out, 'utf8')
    },
    end: () => Buffer.from(failed ? '' : framing.chunks(writer.end()) + framing.end(), 'utf8'),
  }
}

interface Framing {
  chunks(chunks: readonly Fields[]): string
  end(): string
}

const eventFraming: Framing = {
  chunks: (chunks) => chunks.map((chunk) => sseText(JSON.stringify(chunk))).join(''),
  end: () => '',
}

/** Also an answer that failed is a whole array. */
const arrayFraming = (): Framing => {
  let isOpen = false
  const before = () => {
    const text = isOpen ? '\n,\r\n' : '['
    isOpen = true
    return text
  }
  return {
    chunks: (chunks) => chunks.map((chunk) => before() + JSON.stringify(chunk)).join(''),
    end: () => (isOpen ? '\n]' : '[]'),
  }
}

export const encodeAnswer = (
  events: readonly ChatEvent[],
  options: EncoderOptions,
): Record<string, unknown> => {
  const writer = createChunkWriter(options)
  return foldChunks([...events.flatMap((event) => writer.write(event)), ...writer.end()])
}
