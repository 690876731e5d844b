import { describe, expect, it } from 'vitest'
import { testRequest } from '../__fixtures__/call.js'
import { deployment } from '../__fixtures__/subjects.js'
import { editRequest } from '../identity.js'
import { codecs } from '../wire/codecs.js'
import { chatRequestBody } from './chat-request-body.js'
import type { EngineDeployment } from './engine-deployment.js'

const withQuirks = (quirks: Partial<EngineDeployment['quirks']>): EngineDeployment => ({
  ...deployment,
  quirks: { ...deployment.quirks, ...quirks },
})
const fromClient = (text: string) =>
  codecs['openai-chat'].decodeRequest(JSON.parse(text), {
    dialect: 'openai-chat',
    framing: 'json',
    bytes: Buffer.from(text),
  })
const client = (fields: string) =>
  `{"model":"support","stream":true,"messages":[{"role":"developer","content":"Be brief."}],"top_k":3${fields}}`
const bodyOf = (request: ReturnType<typeof fromClient>, quirks: Partial<EngineDeployment['quirks']> = {}) => {
  const { bytes, dropsUsage } = chatRequestBody(request, withQuirks(quirks))
  return { text: bytes.toString('utf8'), json: JSON.parse(bytes.toString('utf8')), dropsUsage }
}

describe('the body of a request', () => {
  it('is the bytes of the client but for the two splices', () => {
    const text = client(', "n" : 1 ')
    expect(bodyOf(fromClient(text)).text).toBe(
      text.replace('"support"', '"tiny-1"').replace(' }', ' ,"stream_options":{"include_usage":true}}'),
    )
  })

  it.each([
    ['', true, { include_usage: true }],
    [',"stream_options":null', true, { include_usage: true }],
    [',"stream_options":{"include_usage":false,"x":1}', true, { include_usage: true, x: 1 }],
    [',"stream_options":{"include_usage":true}', false, { include_usage: true }],
  ])('asks for usage, and knows whether the client did: %s', (fields, dropsUsage, streamOptions) => {
    for (const request of [
      fromClient(client(fields)),
      editRequest(fromClient(client(fields)), { seed: 1 }),
    ]) {
      const body = bodyOf(request)
      expect(body.json.stream_options).toEqual(streamOptions)
      expect(body.dropsUsage).toBe(dropsUsage)
    }
  })

  it('asks for no usage where there is no stream, or the server gives none', () => {
    const whole = bodyOf(fromClient(client('').replace('"stream":true', '"stream":false')))
    const silent = bodyOf(fromClient(client('')), { noStreamUsage: true })
    for (const body of [whole, silent]) {
      expect('stream_options' in body.json).toBe(false)
      expect(body.dropsUsage).toBe(false)
    }
  })

  it('keeps usage for a client of another dialect, and for a program', () => {
    expect(bodyOf(testRequest()).dropsUsage).toBe(false)
    expect(bodyOf(testRequest({ dialect: 'anthropic-messages' })).dropsUsage).toBe(false)
    expect(bodyOf(testRequest({ dialect: 'openai-chat' })).dropsUsage).toBe(true)
  })

  it.each([
    [
      { maxTokensField: 'max_tokens' },
      ',"max_completion_tokens":5',
      { max_tokens: 5 },
      'max_completion_tokens',
    ],
    [{ maxTokensField: 'max_tokens' }, ',"max_tokens":5', { max_tokens: 5 }, 'max_completion_tokens'],
    [{}, ',"max_completion_tokens":5', { max_completion_tokens: 5 }, 'max_tokens'],
    [{ developerAsSystem: true }, '', { messages: [{ role: 'system', content: 'Be brief.' }] }, 'developer'],
    [{}, '', { messages: [{ role: 'developer', content: 'Be brief.' }] }, 'system'],
  ] as const)('spares the server what it does not know: %j%s', (quirks, fields, expected, absent) => {
    for (const request of [
      fromClient(client(fields)),
      editRequest(fromClient(client(fields)), { seed: 1 }),
    ]) {
      const { json, text } = bodyOf(request, quirks)
      expect(json).toMatchObject({ ...expected, model: 'tiny-1', top_k: 3 })
      expect(text).not.toContain(`"${absent}"`)
    }
  })

  it('has each name once, so that no two readers read it differently', () => {
    const { text, json } = bodyOf(fromClient(client(',"model":"another","top_k":4')))
    expect(text.match(/"model":/g)).toHaveLength(1)
    expect(json).toMatchObject({ model: 'tiny-1', top_k: 4 })
  })
})
