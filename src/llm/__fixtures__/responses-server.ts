// A scenario as OpenAI's Responses API plays it.

import { named } from './anthropic-server.js'
import type { UpstreamConnection } from './fake-upstream.js'
import type { Scenario } from './scenario.js'

type Fields = Readonly<Record<string, unknown>>

const response = (more: Fields = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  model: 'tiny-1',
  output: [],
  usage: null,
  ...more,
})

const item = (text: string | undefined) => ({
  id: 'item_1',
  type: 'message',
  status: text === undefined ? 'in_progress' : 'completed',
  role: 'assistant',
  content: text === undefined ? [] : [part(text)],
})
const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

const usageOf = ({ usage }: Scenario) =>
  usage && {
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.output,
    },
  }

const finished = (scenario: Scenario, text: string): Fields & { readonly status: string } => {
  const isCut = scenario.finish === 'length'
  return response({
    status: isCut ? 'incomplete' : 'completed',
    ...(isCut && { incomplete_details: { reason: 'max_output_tokens' } }),
    output: scenario.pieces.length > 0 ? [item(text)] : [],
    ...usageOf(scenario),
  })
}

const place = { item_id: 'item_1', output_index: 0, content_index: 0 }

/** A whole stream, cut into its events; the first `opening` of them say nothing. */
export const responseOf = (scenario: Scenario) => {
  let sequence_number = 0
  const write = (type: string, fields: Fields) =>
    named({ type, sequence_number: sequence_number++, ...fields })
  const text = scenario.pieces.join('')
  const last = finished(scenario, text)
  return {
    opening: [
      write('response.created', { response: response() }),
      write('response.output_item.added', { output_index: 0, item: item(undefined) }),
      write('response.content_part.added', { ...place, part: part('') }),
    ],
    deltas: scenario.pieces.map((delta) =>
      write('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: 'x' }),
    ),
    closing: [
      write('response.output_text.done', { ...place, text, logprobs: [] }),
      write('response.content_part.done', { ...place, part: part(text) }),
      write('response.output_item.done', { output_index: 0, item: item(text) }),
      write(`response.${last.status}`, { response: last }),
    ],
  }
}

export const playResponses = async (connection: UpstreamConnection, scenario: Scenario) => {
  if (scenario.isDown)
    return connection.json({ error: { message: 'down', type: 'server_error', code: null } }, 503)
  if (!JSON.parse(connection.request.body).stream) {
    for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
    return connection.json(finished(scenario, scenario.pieces.join('')))
  }
  const { opening, deltas, closing } = responseOf(scenario)
  connection.head()
  for (const event of opening) await connection.chunk(event)
  for (const [piece, event] of [...deltas, undefined].entries()) {
    if (scenario.stallsAfter === piece) return
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) return connection.reset()
    if (scenario.endsAfter === piece || event === undefined) break
    await connection.chunk(event)
  }
  if (scenario.endsAfter === undefined) for (const event of closing) await connection.chunk(event)
  connection.end()
}
