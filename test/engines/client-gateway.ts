// A gateway on a real socket whose engines do what was agreed with clients that are programs of their own: one answers,
// calls the tool that must be called and writes the JSON that is asked for; one breaks off; one is down.

import { systemClock } from '../../src/core/index.js'
import { llmError } from '../../src/gateway/__fixtures__/errors.js'
import { keyRecord, startTestGateway } from '../../src/gateway/__fixtures__/harness.js'
import { startVectorUpstream } from '../../src/gateway/__fixtures__/vector-upstream.js'
import { createOpenAiEmbeddingModel, type Script, type ScriptedAnswer } from '../../src/llm/index.js'

export const spokenText = 'A transfer costs NT$15.'
const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 3, reasoning: 0 } }
/** `usage` as chat completions tell it. */
export const spokenUsage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
export const afterToolText = 'It costs NT$15, by wire.'
export const brokenText = 'A transfer '

const call = { type: 'tool-call', choice: 0, index: 0 } as const
const toolCall = (name: string): ScriptedAnswer => ({
  events: [
    { ...call, id: 'call_1', name, arguments: '' },
    { ...call, arguments: '{"kind":' },
    { ...call, arguments: '"wire"}' },
  ],
  finish: 'tool_calls',
  usage,
})

const speaks: Script = ({ messages, tools, toolChoice, responseFormat }) => {
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object'
  if (isForced && tools?.[0]) return toolCall(tools[0].name)
  if (responseFormat && responseFormat.type !== 'text') return { text: ['{"kind"', ':"wire"}'], usage }
  if (messages.at(-1)?.role === 'tool') return { text: afterToolText, usage }
  return { text: ['A transfer ', 'costs ', 'NT$15.'], usage }
}

/** Keys: `la-key`, and `la-limited` for one request a minute. Routes: `chat`, `breaks`, `down`, `vectors`. */
export const startClientGateway = async () => {
  const upstream = await startVectorUpstream()
  const timeouts = { connectMs: 500, firstContentMs: 10_000, idleMs: 10_000 }
  const vectors = createOpenAiEmbeddingModel({
    deployment: {
      id: 'vectors',
      model: 'e5',
      address: upstream.address,
      timeouts,
      contextLength: 512,
      noTokenInput: false,
    },
    clock: systemClock,
  })
  const chats = ['chat', 'breaks', 'down']
  const gateway = await startTestGateway({
    architecture: {
      server: { requireKeys: true },
      deployments: [
        ...chats.map((id) => ({ id, engine: 'scripted', model: id })),
        { id: 'vectors', kind: 'embedding', engine: 'vllm', model: 'e5' },
      ],
      routes: [...chats, 'vectors'].map((name) => ({ name, strategy: { deployment: name } })),
    },
    models: {
      chat: speaks,
      breaks: {
        text: ['A ', 'transfer ', 'costs'],
        failAfter: { pieces: 2, error: llmError('llm.upstream-broke-off') },
      },
      down: { failBefore: llmError('llm.upstream-unreachable') },
    },
    embeddingModels: { vectors },
  })
  gateway.keys.set('la-key', keyRecord())
  gateway.keys.set('la-limited', keyRecord({ id: 'key_2', requestsPerMinute: 1 }))
  return {
    url: gateway.url,
    close: async () => {
      await gateway.close()
      await vectors.close()
      await upstream.close()
    },
  }
}
