import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { testRequest } from '../__fixtures__/call.js'
import type { ChatRequest } from '../contract.js'
import { editRequest, originOf } from '../identity.js'
import { codecs, type ServedDialect } from './codecs.js'

const dialects = Object.keys(codecs) as ServedDialect[]
const readJson = (dialect: ServedDialect) =>
  JSON.parse(readFileSync(new URL(`./__fixtures__/${dialect}-request.json`, import.meta.url), 'utf8'))
const translate = (from: ServedDialect, to: ServedDialect, json: unknown) =>
  codecs[to].encodeRequest(codecs[from].decodeRequest(json))

describe('a request', () => {
  it.each(dialects)('of %s is written again with every field, known or not', (dialect) => {
    const json = readJson(dialect)
    const request = codecs[dialect].decodeRequest(json)
    expect(codecs[dialect].encodeRequest(editRequest(request, {}))).toEqual(json)
    expect(request.dialect).toBe(dialect)
  })

  it.each([
    { logprobs: true },
    { logprobs: true, top_logprobs: 0 },
    { logprobs: true, top_logprobs: 5 },
    { logprobs: false },
    { top_logprobs: 5 },
  ])('that asks for log probabilities keeps how it asked: %j', (asked) => {
    const json = { ...readJson('openai-chat'), logprobs: undefined, top_logprobs: undefined, ...asked }
    expect(codecs['openai-chat'].encodeRequest(codecs['openai-chat'].decodeRequest(json))).toMatchObject(
      asked,
    )
  })

  it.each(dialects)('of %s remembers the bytes it came from', (dialect) => {
    const wire = { dialect, framing: 'json', bytes: Buffer.from(JSON.stringify(readJson(dialect))) } as const
    expect(originOf(codecs[dialect].decodeRequest(readJson(dialect), wire))).toBe(wire)
    expect(originOf(codecs[dialect].decodeRequest(readJson(dialect)))).toBeUndefined()
  })

  it.each(dialects)('of %s says for whom each text speaks', (dialect) => {
    const { messages } = codecs[dialect].decodeRequest(readJson(dialect))
    const sourceOf = { system: 'system', developer: 'developer', user: 'user', assistant: 'user' } as const
    const seen = new Set<string>()
    for (const { role, parts } of messages)
      for (const part of parts.flatMap((outer) => (outer.type === 'tool-result' ? outer.content : [outer]))) {
        if (part.type !== 'text') continue
        const isResult = parts.some((outer) => outer.type === 'tool-result' && outer.content.includes(part))
        expect(part.source).toBe(isResult || role === 'tool' ? 'tool' : sourceOf[role])
        seen.add(part.source)
      }
    expect([...seen]).toEqual(expect.arrayContaining(['system', 'user', 'tool']))
  })

  it.each([
    ['openai-chat', [], 'body'],
    ['openai-chat', { messages: [] }, 'model'],
    ['openai-chat', { model: 'a' }, 'messages'],
    ['openai-chat', { model: 'a', messages: [1] }, 'messages[0]'],
    ['openai-chat', { model: 'a', messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
    ['openai-chat', { model: 'a', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    ['openai-chat', { model: 'a', messages: [{ role: 'user', content: [5] }] }, 'messages[0].content[0]'],
    ['openai-chat', { model: 'a', messages: [{ role: 'tool', content: '' }] }, 'messages[0].tool_call_id'],
    ['openai-chat', { model: 'a', messages: [], n: 0 }, 'n'],
    ['openai-responses', { model: 'a', input: 5 }, 'input'],
    ['openai-responses', { model: 'a', input: [{ type: 'function_call', call_id: 'x' }] }, 'input[0].name'],
    [
      'anthropic-messages',
      { model: 'a', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content[0].text',
    ],
    ['anthropic-messages', { model: 'a', messages: [{ role: 'tool', content: '' }] }, 'messages[0].role'],
  ] as const)('of %s that nobody could take names the field: %j', (dialect, json, field) => {
    expect(() => codecs[dialect].decodeRequest(json)).toThrow(
      expect.objectContaining({ code: 'llm.request-unreadable', params: expect.objectContaining({ field }) }),
    )
  })

  it('made of passages is one string for each message', () => {
    const passage = { id: 'p', path: 'a.md', title: 'A', start: 0, end: 3, score: 1 }
    const request = testRequest({
      messages: [
        {
          role: 'system',
          parts: ['one', 'two'].map(
            (text) => ({ type: 'text', text, source: 'retrieved', passage }) as const,
          ),
        },
        ...testRequest().messages,
      ],
    })
    expect(codecs['openai-chat'].encodeRequest(request).messages).toEqual([
      { role: 'system', content: 'one\n\ntwo' },
      { role: 'user', content: 'What does a transfer cost?' },
    ])
  })

  it('keeps the spelling of a limit, and an edited limit', () => {
    const { decodeRequest, encodeRequest } = codecs['openai-chat']
    const limited = (json: object) => decodeRequest({ model: 'a', messages: [], ...json })
    expect(encodeRequest(limited({ max_tokens: 5 }))).toMatchObject({ max_tokens: 5 })
    expect(encodeRequest(editRequest(limited({ max_tokens: 5 }), { maxOutputTokens: 3 }))).toMatchObject({
      max_tokens: 3,
    })
    const modern = encodeRequest(limited({ max_completion_tokens: 5 }))
    expect(modern).toMatchObject({ max_completion_tokens: 5 })
    expect('max_tokens' in modern).toBe(false)
  })
})

describe('a request from one dialect to another', () => {
  const tool = { type: 'object', properties: { last4: { type: 'string' } } }
  const chat = {
    model: 'support',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Block it.' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
        ],
      },
      {
        role: 'assistant',
        content: 'Yes.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'block', arguments: '{"last4":"1234"}' } },
          { id: 'c2', type: 'function', function: { name: 'block', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'blocked' },
      { role: 'tool', tool_call_id: 'c2', content: 'failed' },
      { role: 'user', content: 'Thanks.' },
    ],
    tools: [{ type: 'function', function: { name: 'block', description: 'Blocks.', parameters: tool } }],
    tool_choice: 'required',
    max_completion_tokens: 100,
    temperature: 0,
    stop: ['###'],
  }
  const messages = {
    model: 'support',
    max_tokens: 100,
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Block it.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Yes.' },
          { type: 'tool_use', id: 'c1', name: 'block', input: { last4: '1234' } },
          { type: 'tool_use', id: 'c2', name: 'block', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'blocked' },
          { type: 'tool_result', tool_use_id: 'c2', content: 'failed' },
        ],
      },
      { role: 'user', content: 'Thanks.' },
    ],
    tools: [{ name: 'block', description: 'Blocks.', input_schema: tool }],
    tool_choice: { type: 'any' },
    temperature: 0,
    stop_sequences: ['###'],
  }
  const responses = {
    model: 'support',
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Block it.' },
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0=', detail: 'auto' },
        ],
      },
      { role: 'assistant', content: 'Yes.' },
      { type: 'function_call', call_id: 'c1', name: 'block', arguments: '{"last4":"1234"}' },
      { type: 'function_call', call_id: 'c2', name: 'block', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'blocked' },
      { type: 'function_call_output', call_id: 'c2', output: 'failed' },
      { role: 'user', content: 'Thanks.' },
    ],
    tools: [{ type: 'function', name: 'block', description: 'Blocks.', parameters: tool, strict: false }],
    tool_choice: 'required',
    max_output_tokens: 100,
    temperature: 0,
  }
  const { stop: _stop, ...chatWithoutStop } = chat

  it('chat to Messages', () => {
    expect(translate('openai-chat', 'anthropic-messages', chat)).toEqual({
      ...messages,
      messages: messages.messages.map((message, i) =>
        i === 1 ? { role: 'assistant', content: message.content } : message,
      ),
    })
  })

  it('chat to Responses', () => {
    expect(translate('openai-chat', 'openai-responses', chatWithoutStop)).toEqual({
      ...responses,
      store: false,
    })
  })

  it('Messages to chat', () => {
    expect(translate('anthropic-messages', 'openai-chat', messages)).toEqual({
      ...chat,
      messages: chat.messages.map((message, i) =>
        i === 2 ? { ...message, content: [{ type: 'text', text: 'Yes.' }] } : message,
      ),
    })
  })

  it('Responses to chat, with what belongs to one turn in one message', () => {
    const { detail: _detail, ...image } = {
      type: 'input_image',
      image_url: 'data:image/png;base64,iVBORw0=',
      detail: 'auto',
    }
    const input = responses.input.map((item, i) =>
      i === 0 ? { role: 'user', content: [{ type: 'input_text', text: 'Block it.' }, image] } : item,
    )
    const reasoning = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'A lost card.' }],
    }
    const translated = translate('openai-responses', 'openai-chat', {
      ...responses,
      input: [input[0], reasoning, ...input.slice(1)],
    })
    expect(translated).toEqual({
      ...chatWithoutStop,
      messages: chat.messages.map((message, i) =>
        i === 2 ? { ...message, reasoning_content: 'A lost card.' } : message,
      ),
      tools: [{ type: 'function', function: { ...chat.tools[0]?.function, strict: false } }],
    })
  })

  it.each([
    ['openai-chat', 'anthropic-messages', { ...chat, seed: 1 }, 'seed'],
    ['openai-chat', 'anthropic-messages', { ...chat, n: 2 }, 'n'],
    ['openai-chat', 'anthropic-messages', { ...chat, logprobs: true }, 'logprobs'],
    ['openai-chat', 'anthropic-messages', { ...chat, logit_bias: {} }, 'logit_bias'],
    [
      'openai-chat',
      'anthropic-messages',
      { ...chat, response_format: { type: 'json_object' } },
      'response_format',
    ],
    ['openai-chat', 'openai-responses', chat, 'stop'],
    [
      'openai-chat',
      'openai-responses',
      {
        model: 'a',
        messages: [
          { role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] },
        ],
      },
      'audio',
    ],
    ['anthropic-messages', 'openai-chat', { ...messages, top_k: 4 }, 'top_k'],
    ['anthropic-messages', 'openai-chat', { ...messages, thinking: { type: 'enabled' } }, 'thinking'],
    [
      'anthropic-messages',
      'openai-chat',
      {
        ...messages,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'a', citations: { enabled: true } }] }],
      },
      'messages[1].content[0].citations',
    ],
    [
      'anthropic-messages',
      'openai-chat',
      { ...messages, messages: [{ role: 'user', content: [{ type: 'search_result' }] }] },
      'messages[1].content[0]',
    ],
    [
      'anthropic-messages',
      'openai-chat',
      { ...messages, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      'tools[0]',
    ],
    [
      'openai-responses',
      'openai-chat',
      { ...responses, previous_response_id: 'resp_1' },
      'previous_response_id',
    ],
    [
      'openai-responses',
      'anthropic-messages',
      { model: 'a', input: [{ type: 'item_reference', id: 'x' }] },
      'messages[0].content[0]',
    ],
  ] as const)('%s to %s refuses what has no place there, by name (%#)', (from, to, json, field) => {
    expect(() => translate(from, to, json)).toThrow(
      expect.objectContaining({ code: 'llm.request-not-expressible', params: { field, dialect: to } }),
    )
  })

  it('asks for log probabilities in the words of the other', () => {
    expect(
      translate('openai-chat', 'openai-responses', { ...chatWithoutStop, logprobs: true, top_logprobs: 3 }),
    ).toMatchObject({ include: ['message.output_text.logprobs'], top_logprobs: 3 })
    const asked = { ...responses, include: ['message.output_text.logprobs'], top_logprobs: 2 }
    expect(translate('openai-responses', 'openai-chat', asked)).toMatchObject({
      logprobs: true,
      top_logprobs: 2,
    })
    expect(translate('openai-responses', 'openai-responses', asked)).toEqual(asked)
  })

  it('keeps what Responses and chat name differently, and leaves out labels and marks', () => {
    const item = {
      type: 'message',
      id: 'msg_1',
      status: 'completed',
      phase: 'final_answer',
      role: 'assistant',
    }
    const text = { type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }
    expect(
      translate('openai-responses', 'openai-chat', {
        model: 'a',
        input: [{ ...item, content: [text] }],
        reasoning: { effort: 'low', summary: 'auto' },
        text: { verbosity: 'high' },
        parallel_tool_calls: false,
        metadata: { a: 'b' },
        user: 'u',
        prompt_cache_key: 'k',
        include: ['reasoning.encrypted_content'],
      }),
    ).toEqual({
      model: 'a',
      messages: [{ role: 'assistant', content: [{ type: 'text', text: 'Hi' }] }],
      reasoning_effort: 'low',
      verbosity: 'high',
      parallel_tool_calls: false,
    })
  })

  it('leaves out where a Messages client would cut its cache: that changes what a prompt costs, not what it says', () => {
    const cut = { cache_control: { type: 'ephemeral' } }
    const asked = {
      ...messages,
      metadata: { user_id: 'u' },
      system: [{ type: 'text', text: 'Be brief.', ...cut }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...cut }] }],
      tools: [{ name: 'rate', input_schema: { type: 'object' }, ...cut }],
    }
    expect(JSON.stringify(translate('anthropic-messages', 'openai-chat', asked))).not.toContain(
      'cache_control',
    )
    expect(translate('anthropic-messages', 'anthropic-messages', asked)).toEqual(asked)
  })

  it('made by a program goes to any dialect', () => {
    const request: ChatRequest = testRequest({ stream: false, maxOutputTokens: 9 })
    const question = 'What does a transfer cost?'
    expect(codecs['openai-chat'].encodeRequest(request)).toEqual({
      model: 'support',
      messages: [{ role: 'user', content: question }],
      max_completion_tokens: 9,
    })
    expect(codecs['openai-responses'].encodeRequest(request)).toEqual({
      model: 'support',
      input: question,
      max_output_tokens: 9,
    })
    expect(codecs['anthropic-messages'].encodeRequest(request)).toEqual({
      model: 'support',
      messages: [{ role: 'user', content: question }],
      max_tokens: 9,
    })
  })
})
