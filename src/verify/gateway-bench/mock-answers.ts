// What the mock upstream says, written once: one answer of about 1 kB, or the same in 50 events.

const envelope = { id: 'chatcmpl-mock', created: 1_700_000_000, model: 'mock', system_fingerprint: 'fp_mock' }
const usage = { prompt_tokens: 42, completion_tokens: 50, total_tokens: 92 }
const words = Array.from({ length: 48 }, (_, i) => ` word${String(i).padStart(2, '0')}`)

const message = { role: 'assistant', content: words.join('').repeat(2), refusal: null }
const completion = JSON.stringify({
  ...envelope,
  object: 'chat.completion',
  choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
  usage,
})

export const wholeAnswer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${completion.length}\r\n\r\n${completion}`,
)

const chunk = (choices: readonly object[], more = {}) =>
  JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...more })
const delta = (content: object, finish_reason: string | null = null) =>
  chunk([{ index: 0, delta: content, logprobs: null, finish_reason }])

/** One event as a chunk of HTTP's chunked encoding. */
export const framed = (data: string): Buffer => {
  const event = `data: ${data}\n\n`
  return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`)
}

/** The events of an answer that says these pieces. */
export const eventsOf = (pieces: readonly string[]): readonly Buffer[] =>
  [
    delta({ role: 'assistant', content: '' }),
    ...pieces.map((content) => delta({ content })),
    delta({}, 'stop'),
  ].map(framed)

export const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
)
export const streamEnd = Buffer.concat([framed('[DONE]'), Buffer.from('0\r\n\r\n')])
export const streamEvents: readonly Buffer[] = eventsOf(words)
export const usageEvent: Buffer = framed(chunk([], { usage }))

export const burst = (withUsage: boolean): Buffer =>
  Buffer.concat([streamHead, ...streamEvents, ...(withUsage ? [usageEvent] : []), streamEnd])
