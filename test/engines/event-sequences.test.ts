// The same streamed request through our Responses and Messages endpoints, translated to and from vLLM's chat completions,
// and through vLLM's own endpoints of the same names: the same events in the same order. How a text is cut into deltas is
// up to the server, so repeated ones count as one. Where vLLM departs from what OpenAI or Anthropic document, ours does
// not follow it; each such difference stands below with its reason, and is checked to be there still.
// Reasoning is not compared: the random model never writes any.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSseParser } from '../../src/llm/index.js'
import { vllmUrl } from './engine-addresses.js'
import { servedName } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

let system: ServedSystem

beforeAll(async () => {
  system = await serveOn({
    deployments: [
      {
        id: 'vllm',
        engine: 'vllm',
        dialect: 'openai-chat',
        model: servedName,
        address: `${vllmUrl()}/v1`,
        contextLength: 1024,
      },
    ],
    routes: { [servedName]: { deployment: 'vllm' } },
  })
})
afterAll(() => system?.close())

interface Event {
  readonly type: string
  readonly item?: { readonly type: string; readonly name?: string; readonly status?: string }
  readonly content_block?: { readonly type: string; readonly name?: string }
  readonly delta?: string | { readonly type?: string; readonly text?: string; readonly stop_reason?: string }
  readonly response?: { readonly status: string }
}

const eventsOf = async (url: string, path: string, body: object): Promise<readonly Event[]> => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...body, model: servedName, temperature: 0, stream: true }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  expect(response.status, bytes.toString('utf8')).toBe(200)
  const frames = createSseParser().push(bytes)
  for (const { event, data } of frames) expect(event).toBe(JSON.parse(data).type)
  return frames.map(({ data }) => JSON.parse(data) as Event)
}

/** The type of an event and of what it opens, closes or continues. */
const typeOf = ({ type, item, content_block, delta }: Event): string => {
  const kind = item?.type ?? content_block?.type ?? (typeof delta === 'object' ? delta.type : undefined)
  return kind === undefined ? type : `${type} ${kind}`
}
const typesOf = (events: readonly Event[]): readonly string[] =>
  events.map(typeOf).filter((type, i, types) => type !== types[i - 1])

const textOf = (events: readonly Event[]): string =>
  events
    .map(({ type, delta }) => {
      if (typeof delta === 'string') return type === 'response.output_text.delta' ? delta : ''
      return delta?.text ?? ''
    })
    .join('')

const schema = {
  type: 'object',
  properties: { kind: { type: 'string', enum: ['wire', 'card'] } },
  required: ['kind'],
  additionalProperties: false,
}

interface Case {
  readonly name: string
  readonly body: object
  /** The types that vLLM has and ours have in their place, and why. */
  readonly difference?: { readonly vllm: string; readonly ours: string }
  /** How the answer ends (status or stop reason), where it is not the same; and why. */
  readonly ends?: { readonly vllm: string; readonly ours: string }
}

/** @param endOf how the answer ended, by its last events */
const itIsTheSame = (path: string, cases: readonly Case[], endOf: (events: readonly Event[]) => unknown) =>
  it.each(cases)('$name', async ({ body, difference, ends }) => {
    const direct = await eventsOf(vllmUrl(), path, body)
    const through = await eventsOf(system.url, path, body)
    if (difference) expect(typesOf(direct)).toContain(difference.vllm)
    expect(typesOf(through)).toEqual(
      typesOf(direct).map((type) => (type === difference?.vllm ? difference.ours : type)),
    )
    expect(typesOf(through).length).toBeGreaterThan(4)
    expect(textOf(through)).toBe(textOf(direct))
    const { vllm, ours } = ends ?? { vllm: endOf(direct), ours: endOf(direct) }
    expect([endOf(direct), endOf(through)]).toEqual([vllm, ours])
  })

describe('Responses', () => {
  const input = 'What does a transfer to another bank cost?'
  const tool = { type: 'function', name: 'get_fee', strict: true, parameters: schema }
  // OpenAI: "response.incomplete: An event that is emitted when a response finishes as incomplete". vLLM 0.32 ends every
  // stream with response.completed, also where the response in it has the status `incomplete`.
  const difference = { vllm: 'response.completed', ours: 'response.incomplete' }

  itIsTheSame(
    '/v1/responses',
    [
      { name: 'a text that its limit cuts off', body: { input, max_output_tokens: 24 }, difference },
      {
        name: 'a text that ends by itself: JSON of a schema',
        body: {
          input,
          max_output_tokens: 400,
          text: { format: { type: 'json_schema', name: 'fee', schema, strict: true } },
        },
      },
      {
        name: 'a tool that must be called',
        body: {
          input,
          max_output_tokens: 400,
          tools: [tool],
          tool_choice: 'required',
          parallel_tool_calls: false,
        },
      },
      {
        name: 'the tool that is named',
        body: {
          input,
          max_output_tokens: 400,
          tools: [tool],
          tool_choice: { type: 'function', name: 'get_fee' },
        },
      },
      {
        name: 'a tool that may be called and is not',
        body: { input, max_output_tokens: 24, tools: [tool] },
        difference,
      },
    ],
    (events) => events.at(-1)?.response?.status,
  )
})

describe('Messages', () => {
  const messages = [{ role: 'user', content: 'What does a transfer to another bank cost?' }]
  const tools = [{ name: 'get_fee', strict: true, input_schema: schema }]

  itIsTheSame(
    '/v1/messages',
    [
      { name: 'a text that its limit cuts off', body: { messages, max_tokens: 24 } },
      {
        name: 'a text that ends before a stop word',
        body: { messages, max_tokens: 24, stop_sequences: ['co'] },
        // Chat completions have one reason for both, `stop`: which word ended the text is not told there, so ours says
        // what is certain. A deployment with the dialect anthropic-messages passes vLLM's own reason on.
        ends: { vllm: 'stop_sequence', ours: 'end_turn' },
      },
      {
        name: 'a tool that must be called',
        body: {
          messages,
          max_tokens: 400,
          tools,
          tool_choice: { type: 'any', disable_parallel_tool_use: true },
        },
      },
      {
        name: 'the tool that is named',
        body: { messages, max_tokens: 400, tools, tool_choice: { type: 'tool', name: 'get_fee' } },
      },
      { name: 'a tool that may be called and is not', body: { messages, max_tokens: 24, tools } },
    ],
    (events) => {
      const delta = events.find(({ type }) => type === 'message_delta')?.delta
      return typeof delta === 'object' ? delta.stop_reason : undefined
    },
  )
})
