// A scenario as Gemini's API plays it.

import { sse } from './chunks.js'
import type { UpstreamConnection } from './fake-upstream.js'
import type { Scenario } from './scenario.js'

const head = { modelVersion: 'tiny-1', responseId: 'r1' }

export const candidate = (parts: readonly object[], more: object = {}, index = 0) => ({
  index,
  content: { role: 'model', parts },
  ...more,
})

/** A chunk of a stream, or a whole answer. */
export const generated = (candidates: readonly object[], more: object = {}) => ({
  ...head,
  candidates,
  ...more,
})

const finishReasons: Readonly<Record<string, string>> = { stop: 'STOP', length: 'MAX_TOKENS' }

export const playGemini = async (connection: UpstreamConnection, scenario: Scenario) => {
  const { usage, finish = 'stop' } = scenario
  if (scenario.isDown)
    return connection.json({ error: { code: 503, message: 'down', status: 'UNAVAILABLE' } }, 503)
  const end = {
    finishReason: finishReasons[finish] ?? finish,
  }
  const counted = usage && {
    usageMetadata: {
      promptTokenCount: usage.input,
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
    },
  }
  if (!connection.request.head.includes(':streamGenerateContent')) {
    for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
    return connection.json(generated([candidate([{ text: scenario.pieces.join('') }], end)], counted))
  }
  connection.head()
  for (const [piece, text] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) return
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) return connection.reset()
    if (scenario.endsAfter === piece || text === undefined) break
    await connection.chunk(sse(generated([candidate([{ text }])])))
  }
  if (scenario.endsAfter === undefined) await connection.chunk(sse(generated([candidate([], end)], counted)))
  connection.end()
}
