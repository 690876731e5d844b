// A scenario as Triton's generate extension plays it, with the outputs of vLLM's backend: shapes as recorded from
// Triton 2.51.0 on 2026-11-25.

import type { UpstreamConnection } from './fake-upstream.js'
import type { Scenario } from './scenario.js'

const head = { model_name: 'tiny-1', model_version: '1' }

export const response = (text: string, more: object = {}): string =>
  `data: ${JSON.stringify({ ...head, text_output: text, ...more })}\n\n`

export const playTriton = async (connection: UpstreamConnection, scenario: Scenario) => {
  if (scenario.isDown) return connection.json({ error: 'in ensemble, model is not ready' }, 503)
  const last = {
    finish_reason: scenario.finish ?? 'stop',
    ...(scenario.usage && {
      num_input_tokens: scenario.usage.input,
      num_output_tokens: scenario.usage.output,
    }),
  }
  if (connection.request.head.includes('/generate ')) {
    for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
    return connection.json({ ...head, text_output: scenario.pieces.join(''), ...last })
  }
  connection.head()
  for (const [piece, text] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) return
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) return connection.reset()
    if (scenario.endsAfter === piece || text === undefined) break
    await connection.chunk(response(text, { finish_reason: 'None' }))
  }
  if (scenario.endsAfter === undefined) await connection.chunk(response('', last))
  connection.end()
}
