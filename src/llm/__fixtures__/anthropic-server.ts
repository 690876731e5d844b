// A scenario as Anthropic's Messages API plays it.

import type { UpstreamConnection } from './fake-upstream.js'
import type { Scenario } from './scenario.js'

type Fields = Readonly<Record<string, unknown>>

/** An SSE event as the API names it. */
export const named = (event: Fields & { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'tiny-1',
  content: [],
  stop_reason: null,
  stop_sequence: null,
}

export const messageStart = (usage: Fields = { input_tokens: 0, output_tokens: 1 }) =>
  named({ type: 'message_start', message: { ...message, usage } })
export const ping = named({ type: 'ping' })
export const blockStart = (content_block: Fields = { type: 'text', text: '' }, index = 0) =>
  named({ type: 'content_block_start', index, content_block })
export const delta = (value: Fields, index = 0) => named({ type: 'content_block_delta', index, delta: value })
export const textDelta = (text: string, index = 0) => delta({ type: 'text_delta', text }, index)
export const blockStop = (index = 0) => named({ type: 'content_block_stop', index })
export const messageDelta = (stop_reason: string | null = 'end_turn', usage?: Fields) =>
  named({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, ...(usage && { usage }) })
export const messageStop = named({ type: 'message_stop' })

/** A whole stream, cut into its events. */
export const messageOf = (...texts: readonly string[]): readonly string[] => [
  messageStart({ input_tokens: 9, output_tokens: 1 }),
  blockStart(),
  ...texts.map((text) => textDelta(text)),
  blockStop(),
  messageDelta('end_turn', { output_tokens: texts.length }),
  messageStop,
]

const stopReasons: Readonly<Record<string, string>> = { stop: 'end_turn', length: 'max_tokens' }
const stopReasonOf = ({ finish = 'stop' }: Scenario) => stopReasons[finish] ?? finish

export const playAnthropic = async (connection: UpstreamConnection, scenario: Scenario) => {
  if (scenario.isDown)
    return connection.json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 529)
  const { usage } = scenario
  if (!JSON.parse(connection.request.body).stream) {
    for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
    return connection.json({
      ...message,
      content: [{ type: 'text', text: scenario.pieces.join('') }],
      stop_reason: stopReasonOf(scenario),
      ...(usage && { usage: { input_tokens: usage.input, output_tokens: usage.output } }),
    })
  }
  connection.head()
  await connection.chunk(
    usage
      ? messageStart({ input_tokens: usage.input, output_tokens: 1 })
      : named({ type: 'message_start', message }),
  )
  await connection.chunk(ping)
  await connection.chunk(blockStart())
  for (const [piece, text] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) return
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) return connection.reset()
    if (scenario.endsAfter === piece || text === undefined) break
    await connection.chunk(textDelta(text))
  }
  if (scenario.endsAfter === undefined) {
    await connection.chunk(blockStop())
    await connection.chunk(messageDelta(stopReasonOf(scenario), usage && { output_tokens: usage.output }))
    await connection.chunk(messageStop)
  }
  connection.end()
}
