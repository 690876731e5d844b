// A plug-in engine that quotes a passage at random where the extractive engine quotes the one that answers. What it
// refuses, and that it cites what it quotes, stays.

import { definePlugin } from '../../../src/cli/plugin.js'
import { createRandom } from '../../../src/core/index.js'
import {
  answerStream,
  type ChatEvent,
  type ChatRequest,
  type ChatStream,
  createExtractiveModel,
} from '../../../src/llm/index.js'

export const plugin = definePlugin({
  name: 'random-answers',
  engines: {
    random: ({ deployment, facts }) => {
      const model = createExtractiveModel({ id: deployment.id, facts })
      const random = createRandom('random answers')
      return {
        ...model,
        open: async (request, call) => {
          const stream = await model.open(request, call)
          const events = await eventsOf(stream)
          const cited = new Set(
            events.flatMap((event) => (event.type === 'citation' ? [event.passage.id] : [])),
          )
          const others =
            cited.size === 0 ? [] : passagesOf(request).filter(({ passage }) => !cited.has(passage.id))
          const { answeredBy } = stream
          const outcome = await stream.outcome
          if (others.length === 0) return answerStream({ answeredBy, events, outcome })
          const { text, passage } = random.pick(others)
          const answer: ChatEvent[] = [
            { type: 'text', choice: 0, text },
            { type: 'citation', choice: 0, passage, start: 0, end: text.length },
            ...events.filter(({ type }) => type === 'finish' || type === 'usage'),
          ]
          return answerStream({ answeredBy, events: answer, outcome })
        },
      }
    },
  },
})

const eventsOf = async (stream: ChatStream): Promise<ChatEvent[]> => {
  const events: ChatEvent[] = []
  for await (const frame of stream.frames) events.push(...frame.events())
  return events
}

const passagesOf = ({ messages }: ChatRequest) =>
  messages.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.type === 'text' && part.passage ? [{ text: part.text, passage: part.passage }] : [],
    ),
  )
