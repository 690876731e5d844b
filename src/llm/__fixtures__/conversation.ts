// One conversation as clients of each dialect write it, and its answer as servers of each stream it.

import type { ServedDialect } from '../wire/codecs.js'
import {
  blockStart,
  blockStop,
  delta,
  messageDelta,
  messageStart,
  messageStop,
  named,
  textDelta,
} from './anthropic-server.js'
import { chunk, done, sse, usageChunk } from './chunks.js'
import { candidate, generated } from './gemini-server.js'

export const parameters = {
  type: 'object',
  properties: { currency: { type: 'string' } },
  required: ['currency'],
}
export const schema = { type: 'object', properties: { rate: { type: 'number' } }, required: ['rate'] }
export const picture = 'iVBORw0KGgo='

/** The same conversation as each client writes it: instructions, a picture, a call, its result, a schema. */
export const requests: Readonly<Record<ServedDialect, Record<string, unknown>>> = {
  'openai-chat': {
    model: 'support',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Which rate?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'rate', arguments: '{"currency":"JPY"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '0.21' },
    ],
    tools: [{ type: 'function', function: { name: 'rate', description: 'A rate.', parameters } }],
    tool_choice: 'auto',
    max_completion_tokens: 64,
    temperature: 0.5,
    response_format: { type: 'json_schema', json_schema: { name: 'output', schema } },
    stream_options: { include_usage: true },
  },
  'openai-responses': {
    model: 'support',
    stream: true,
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Which rate?' },
          { type: 'input_image', image_url: `data:image/png;base64,${picture}` },
        ],
      },
      { type: 'function_call', call_id: 'c1', name: 'rate', arguments: '{"currency":"JPY"}' },
      { type: 'function_call_output', call_id: 'c1', output: '0.21' },
    ],
    tools: [{ type: 'function', name: 'rate', description: 'A rate.', parameters }],
    tool_choice: 'auto',
    max_output_tokens: 64,
    temperature: 0.5,
    text: { format: { type: 'json_schema', name: 'output', schema } },
    store: false,
  },
  'anthropic-messages': {
    model: 'support',
    stream: true,
    max_tokens: 64,
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Which rate?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
        ],
      },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'c1', name: 'rate', input: { currency: 'JPY' } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: '0.21' }] },
    ],
    tools: [{ name: 'rate', description: 'A rate.', input_schema: parameters }],
    tool_choice: { type: 'auto' },
    temperature: 0.5,
    output_config: { format: { type: 'json_schema', schema } },
  },
  gemini: {
    model: 'support',
    stream: true,
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [{ text: 'Which rate?' }, { inlineData: { mimeType: 'image/png', data: picture } }],
      },
      { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'rate', args: { currency: 'JPY' } } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c1', name: 'rate', response: { output: '0.21' } } }],
      },
    ],
    tools: [
      { functionDeclarations: [{ name: 'rate', description: 'A rate.', parametersJsonSchema: parameters }] },
    ],
    toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
    generationConfig: {
      maxOutputTokens: 64,
      temperature: 0.5,
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    },
  },
}

const item = (type: string, fields: object) => ({ id: `${type}_1`, type, ...fields })
const place = (output_index: number) => ({ output_index, content_index: 0, item_id: 'i' })
const finalOutput = [
  item('reasoning', { summary: [{ type: 'summary_text', text: 'Looking it up.' }] }),
  item('message', {
    role: 'assistant',
    content: [{ type: 'output_text', text: '匯率 0.21', annotations: [] }],
  }),
  item('function_call', { call_id: 'c2', name: 'rate', arguments: '{"currency":"USD"}' }),
]

/** The same answer as each server streams it: reasoning, text and a call in pieces, and what was used. */
export const streams: Readonly<Record<ServedDialect, readonly string[]>> = {
  'openai-chat': [
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Looking' }),
    chunk({ reasoning_content: ' it up.' }),
    chunk({ content: '匯率' }),
    chunk({ content: ' 0.21' }),
    chunk({
      tool_calls: [{ index: 0, id: 'c2', type: 'function', function: { name: 'rate', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"currency"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ':"USD"}' } }] }),
    chunk({}, 'tool_calls'),
    usageChunk(20, 12),
    done,
  ],
  'openai-responses': [
    named({ type: 'response.created', response: { id: 'resp_1', model: 'tiny-1', output: [] } }),
    named({ type: 'response.output_item.added', output_index: 0, item: item('reasoning', { summary: [] }) }),
    named({
      type: 'response.reasoning_summary_part.added',
      output_index: 0,
      summary_index: 0,
      item_id: 'i',
      part: { type: 'summary_text', text: '' },
    }),
    named({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: 0,
      item_id: 'i',
      delta: 'Looking it up.',
    }),
    named({
      type: 'response.output_item.added',
      output_index: 1,
      item: item('message', { role: 'assistant', content: [] }),
    }),
    named({
      type: 'response.content_part.added',
      ...place(1),
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    named({ type: 'response.output_text.delta', ...place(1), delta: '匯率' }),
    named({ type: 'response.output_text.delta', ...place(1), delta: ' 0.21' }),
    named({
      type: 'response.output_item.added',
      output_index: 2,
      item: item('function_call', { call_id: 'c2', name: 'rate', arguments: '' }),
    }),
    named({
      type: 'response.function_call_arguments.delta',
      output_index: 2,
      item_id: 'i',
      delta: '{"currency":"USD"}',
    }),
    named({
      type: 'response.completed',
      response: {
        id: 'resp_1',
        model: 'tiny-1',
        status: 'completed',
        output: finalOutput,
        usage: { input_tokens: 20, output_tokens: 12, total_tokens: 32 },
      },
    }),
  ],
  'anthropic-messages': [
    messageStart({ input_tokens: 20, output_tokens: 1 }),
    blockStart({ type: 'thinking', thinking: '', signature: '' }),
    delta({ type: 'thinking_delta', thinking: 'Looking it up.' }),
    delta({ type: 'signature_delta', signature: 'EqQB' }),
    blockStop(),
    blockStart({ type: 'text', text: '' }, 1),
    textDelta('匯率', 1),
    textDelta(' 0.21', 1),
    blockStop(1),
    blockStart({ type: 'tool_use', id: 'c2', name: 'rate', input: {} }, 2),
    delta({ type: 'input_json_delta', partial_json: '{"currency"' }, 2),
    delta({ type: 'input_json_delta', partial_json: ':"USD"}' }, 2),
    blockStop(2),
    messageDelta('tool_use', { output_tokens: 12 }),
    messageStop,
  ],
  gemini: [
    [candidate([{ text: 'Looking it up.', thought: true }])],
    [candidate([{ text: '匯率' }])],
    [candidate([{ text: ' 0.21' }])],
    [candidate([{ functionCall: { id: 'c2', name: 'rate', args: { currency: 'USD' } } }])],
  ]
    .map((candidates) => sse(generated(candidates)))
    .concat(
      sse(
        generated([candidate([], { finishReason: 'STOP' })], {
          usageMetadata: {
            promptTokenCount: 20,
            candidatesTokenCount: 8,
            thoughtsTokenCount: 4,
            totalTokenCount: 32,
          },
        }),
      ),
    ),
}
