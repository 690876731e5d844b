import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../contract.js'
import { codecs, type ServedDialect } from './codecs.js'

const codec = codecs.gemini
const translate = (from: ServedDialect, to: ServedDialect, json: unknown) =>
  codecs[to].encodeRequest(codecs[from].decodeRequest(json))
const user = { role: 'user', parts: [{ text: 'Hi' }] }
const asked = (more: object) => ({ model: 'support', contents: [user], ...more })

describe('a request', () => {
  it('may mix camel and snake case', () => {
    const mixed = {
      model: 'support',
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { inline_data: { mime_type: 'image/png', data: 'iVBO_w-=' } },
            { file_data: { mimeType: 'image/png', file_uri: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'model',
          parts: [{ function_call: { name: 'f', args: { snake_case: 1 } }, thought_signature: 'EjQ=' }],
        },
        { role: 'user', parts: [{ function_response: { name: 'f', response: { also_snake: 2 } } }] },
      ],
      tools: [
        {
          function_declarations: [
            { name: 'f', parameters_json_schema: { type: 'object', properties: { snake_case: {} } } },
          ],
        },
      ],
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
      generation_config: {
        max_output_tokens: 5,
        topP: 0.5,
        stop_sequences: ['#'],
        response_mime_type: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
    }
    expect(translate('gemini', 'gemini', mixed)).toEqual({
      model: 'support',
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'iVBO/w+=' } },
            { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f', args: { snake_case: 1 } }, thoughtSignature: 'EjQ=' }],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { also_snake: 2 } } }] },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'f', parametersJsonSchema: { type: 'object', properties: { snake_case: {} } } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        maxOutputTokens: 5,
        topP: 0.5,
        stopSequences: ['#'],
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
    })
  })

  it('to chat: calls and results find each other, schemas become JSON Schema', () => {
    const json = {
      model: 'support',
      systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
      contents: [
        user,
        {
          role: 'model',
          parts: [
            { text: 'Why?', thought: true, thoughtSignature: 'EjQ=' },
            { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'EjQ=' },
            { functionCall: { name: 'g', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'g', response: { output: 'two' } } },
            { functionResponse: { name: 'f', response: { b: 1 } } },
          ],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              parameters: {
                type: 'OBJECT',
                properties: {
                  b: { type: 'ARRAY', items: { type: 'STRING', format: 'enum', enum: ['x'] }, minItems: '2' },
                  a: { type: 'INTEGER', nullable: true },
                },
                property_ordering: ['a', 'b'],
              },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
      generationConfig: { candidateCount: 2, responseLogprobs: true, logprobs: 2, seed: 3 },
    }
    expect(translate('gemini', 'openai-chat', json)).toEqual({
      model: 'support',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Why?',
          tool_calls: [
            { id: 'call_0', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
            { id: 'call_1', type: 'function', function: { name: 'g', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'two' },
        { role: 'tool', tool_call_id: 'call_0', content: '{"b":1}' },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            strict: true,
            parameters: {
              type: 'object',
              properties: {
                a: { type: ['integer', 'null'] },
                b: { type: 'array', items: { type: 'string', enum: ['x'] }, minItems: 2 },
              },
            },
          },
        },
      ],
      n: 2,
      seed: 3,
      logprobs: true,
      top_logprobs: 2,
    })
    const parameters = JSON.stringify(translate('gemini', 'openai-chat', json).tools)
    expect(parameters.indexOf('"a"')).toBeLessThan(parameters.indexOf('"b"'))
    expect(translate('gemini', 'gemini', json)).toMatchObject({
      tools: json.tools,
      toolConfig: json.toolConfig,
    })
  })

  it('from chat: results name their function, and those of one turn share a content', () => {
    const chat = {
      model: 'support',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Block it.' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'input_audio', input_audio: { data: 'UklG', format: 'mp3' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
            { id: 'c2', type: 'function', function: { name: 'g', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '{"ok":true}' },
        { role: 'tool', tool_call_id: 'c2', content: 'failed' },
        { role: 'user', content: 'Thanks.' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object' } } },
        { type: 'function', function: { name: 'g' } },
      ],
      tool_choice: 'auto',
      n: 2,
      stop: ['#'],
      logprobs: true,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'fee', description: 'A fee.', strict: true, schema: { type: 'object' } },
      },
    }
    expect(translate('openai-chat', 'gemini', chat)).toEqual({
      model: 'support',
      systemInstruction: { parts: [{ text: 'Be brief.\n\nBe kind.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'Block it.' },
            { inlineData: { mimeType: 'image/png', data: 'iVBORw0=' } },
            { fileData: { fileUri: 'https://example.com/a.png' } },
            { inlineData: { mimeType: 'audio/mp3', data: 'UklG' } },
            { inlineData: { mimeType: 'application/pdf', data: 'JVBE' } },
          ],
        },
        {
          role: 'model',
          parts: [
            {
              functionCall: { id: 'c1', name: 'f', args: { a: 1 } },
              thoughtSignature: 'skip_thought_signature_validator',
            },
            { functionCall: { id: 'c2', name: 'g', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'c1', name: 'f', response: { ok: true } } },
            { functionResponse: { id: 'c2', name: 'g', response: { output: 'failed' } } },
          ],
        },
        { role: 'user', parts: [{ text: 'Thanks.' }] },
      ],
      tools: [
        { functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }, { name: 'g' }] },
      ],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
      generationConfig: {
        candidateCount: 2,
        stopSequences: ['#'],
        responseLogprobs: true,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', description: 'A fee.' },
      },
    })
  })

  it('puts passages before the question they were found for', () => {
    const passage = { id: 'p', path: 'a.md', title: 'A', start: 0, end: 3, score: 1 }
    const { contents, systemInstruction } = codec.encodeRequest({
      model: 'support',
      stream: false,
      extra: {},
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'Hi', source: 'user' }] },
        { role: 'system', parts: [{ type: 'text', text: 'abc', source: 'retrieved', passage }] },
        { role: 'user', parts: [{ type: 'text', text: 'Why?', source: 'user' }] },
      ],
    } satisfies ChatRequest)
    expect(systemInstruction).toBeUndefined()
    expect(contents).toEqual(['Hi', 'abc', 'Why?'].map((said) => ({ role: 'user', parts: [{ text: said }] })))
  })

  it.each([
    [{ contents: [] }, 'model'],
    [{ model: 'a' }, 'contents'],
    [asked({ contents: [{ role: 'system', parts: [] }] }), 'contents[0].role'],
    [asked({ contents: [{ parts: 'Hi' }] }), 'contents[0].parts'],
    [asked({ contents: [{ parts: [5] }] }), 'contents[0].parts[0]'],
    [asked({ contents: [{ parts: [{ functionCall: {} }] }] }), 'contents[0].parts[0].functionCall.name'],
    [asked({ systemInstruction: 'Hi' }), 'systemInstruction'],
    [asked({ systemInstruction: { parts: [] }, system_instruction: { parts: [] } }), 'systemInstruction'],
    [asked({ generationConfig: { candidateCount: 0 } }), 'generationConfig.candidateCount'],
    [asked({ generationConfig: 5 }), 'generationConfig'],
    [asked({ tools: {} }), 'tools'],
    [asked({ tools: [{ functionDeclarations: [5] }] }), 'tools[0].functionDeclarations[0]'],
  ])('that nobody could take names the field (%#)', (json, field) => {
    expect(() => codec.decodeRequest(json)).toThrow(
      expect.objectContaining({ code: 'llm.request-unreadable', params: expect.objectContaining({ field }) }),
    )
  })

  it.each([
    ['openai-chat', { generationConfig: { topK: 4 } }, 'generationConfig.topK'],
    [
      'openai-chat',
      { generation_config: { thinking_config: { thinking_budget: 9 } } },
      'generationConfig.thinking_config',
    ],
    [
      'openai-chat',
      { generationConfig: { responseMimeType: 'text/x.enum', responseSchema: {} } },
      'generationConfig.responseMimeType',
    ],
    ['openai-chat', { toolConfig: { retrievalConfig: {} } }, 'toolConfig.retrievalConfig'],
    [
      'openai-chat',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } } },
      'toolConfig.functionCallingConfig',
    ],
    ['openai-chat', { safetySettings: [{ threshold: 'OFF' }] }, 'safetySettings'],
    ['openai-chat', { cachedContent: 'cachedContents/a' }, 'cachedContent'],
    ['openai-chat', { tools: [{ googleSearch: {} }] }, 'tools[0]'],
    [
      'openai-chat',
      { contents: [{ parts: [{ fileData: { fileUri: 'gs://a/b.png', mimeType: 'image/png' } }] }] },
      'messages[0].content[0]',
    ],
    [
      'openai-chat',
      { contents: [{ parts: [{ text: 'a', videoMetadata: {} }] }] },
      'messages[0].content[0].videoMetadata',
    ],
    ['anthropic-messages', { generationConfig: { seed: 1 } }, 'generationConfig.seed'],
    ['anthropic-messages', { generationConfig: { candidateCount: 2 } }, 'generationConfig.candidateCount'],
    ['openai-responses', { generationConfig: { stopSequences: ['#'] } }, 'generationConfig.stopSequences'],
    [
      'anthropic-messages',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } } },
      'generationConfig.thinkingConfig',
    ],
  ] as const)('to %s refuses what has no place there, by name (%#)', (to, json, field) => {
    expect(() => translate('gemini', to, asked(json))).toThrow(
      expect.objectContaining({ code: 'llm.request-not-expressible', params: { field, dialect: to } }),
    )
  })

  const chat = (messages: unknown[], more: object = {}) =>
    ['openai-chat', { model: 'a', messages, ...more }] as const
  it.each([
    [...chat([], { logit_bias: {} }), 'logit_bias'],
    [
      ...chat([
        { role: 'user', content: 'a' },
        { role: 'system', content: 'b' },
      ]),
      'messages[1].role',
    ],
    [...chat([{ role: 'tool', tool_call_id: 'c1', content: 'a' }]), 'tool_call_id'],
    [...chat([{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }]), 'file_id'],
    [
      ...chat([
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{' } }],
        },
      ]),
      'tool_calls.arguments',
    ],
    ['openai-responses', { model: 'a', input: 'b', previous_response_id: 'resp_1' }, 'previous_response_id'],
  ] as const)('from %s refuses what has no place here, by name (%#)', (from, json, field) => {
    expect(() => translate(from, 'gemini', json)).toThrow(
      expect.objectContaining({ code: 'llm.request-not-expressible', params: { field, dialect: 'gemini' } }),
    )
  })

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
    'leaves no mark of Gemini in %s',
    (to) => {
      const json = asked({
        contents: [
          { role: 'user', parts: [{ text: 'a' }, { text: 'b', thoughtSignature: 'EjQ=' }] },
          { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'EjQ=' }] },
          { role: 'user', parts: [{ functionResponse: { name: 'other', response: { output: 'c' } } }] },
        ],
      })
      expect(JSON.stringify(translate('gemini', to, json))).not.toMatch(
        /thoughtSignature|functionName|"field"|"id":null/,
      )
    },
  )
})
