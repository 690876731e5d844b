// What the engine of Gemini's API has to itself; contract.test.ts has what all engines share.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { sse } from '../__fixtures__/chunks.js'
import { type Behaviour, type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { candidate, generated } from '../__fixtures__/gemini-server.js'
import { bytesOf, collect, eventsOf, textOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import type { ChatRequest } from '../contract.js'
import { editRequest } from '../identity.js'
import { codecs } from '../wire/codecs.js'
import { createGeminiModel } from './gemini.js'
import type { HttpChatModel } from './http-chat-model.js'

const key = 'AIzaSy0123456789abcdef'
let upstream: FakeUpstream
let model: HttpChatModel
const createModel = (name = 'tiny-1') =>
  createGeminiModel({
    deployment: { ...deployment, model: name, address: upstream.address },
    facts,
    apiKey: key,
    clock: systemClock,
  })
beforeAll(async () => {
  upstream = await startFakeUpstream()
  model = createModel()
})
afterAll(async () => {
  await upstream.close()
  await model.close()
})

const open = (behaviour: Behaviour, request: Partial<ChatRequest> = {}) => {
  upstream.behave(behaviour)
  return model.open(testRequest(request), testCall())
}
const streams =
  (...events: readonly string[]): Behaviour =>
  async (connection) => {
    connection.head()
    for (const event of events) await connection.chunk(event)
    connection.end()
  }
const said = sse(generated([candidate([{ text: 'Fif' }])]))
const stop = sse(generated([candidate([{ text: 'teen' }], { finishReason: 'STOP' })]))
const fixture = (name: string) => readFileSync(new URL(`../wire/__fixtures__/${name}`, import.meta.url))
const sent = () => upstream.requests.at(-1)

it('gives the same events and the same bytes for any chunking of a recording', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('thinking-tools', 'two-candidates', 'grounding'),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.boolean(),
      async (name, positions, isSpread) => {
        const bytes = fixture(`gemini-${name}.sse`)
        const at = [0, ...positions.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
        const stream = await open(
          async (connection) => {
            connection.head()
            for (const [i, end] of at.slice(1).entries()) {
              if (end > (at[i] ?? 0)) await connection.chunk(bytes.subarray(at[i], end))
              if (isSpread) await new Promise((resolve) => setImmediate(resolve))
            }
            connection.end()
          },
          { choices: name === 'two-candidates' ? 2 : 1 },
        )
        const frames = await collect(stream)
        expect(bytesOf(frames)).toBe(bytes.toString('utf8'))
        const decoded = codecs.gemini.createStreamDecoder().push(bytes)
        expect(eventsOf(frames)).toEqual(decoded)
        const outcome = await stream.outcome
        expect(outcome.end).toBe('finished')
        const usage = decoded.findLast((event) => event.type === 'usage')
        expect(outcome.usage).toEqual(usage?.type === 'usage' && usage.usage)
      },
    ),
    { numRuns: 40 },
  )
})

it('passes the bytes of a client as they are, with the model in the path and the key in its header', async () => {
  const text = '{ "contents": [{"role":"user","parts":[{"text":"Hi"}]}], "safety_settings": [] }'
  const request = codecs.gemini.decodeRequest(
    { ...JSON.parse(text), model: 'support', stream: true },
    { dialect: 'gemini', framing: 'json', bytes: Buffer.from(text) },
  )
  upstream.behave(streams(said, stop))
  await collect(await model.open(request, testCall()))
  expect(sent()?.body).toBe(text)
  expect(sent()?.head).toBe('POST /v1/models/tiny-1:streamGenerateContent?alt=sse HTTP/1.1')
  expect(sent()?.headers.get('x-goog-api-key')).toBe(key)
  await collect(await model.open(editRequest(request, { seed: 1 }), testCall()))
  expect(JSON.parse(sent()?.body ?? '')).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    safety_settings: [],
    generationConfig: { seed: 1 },
  })
})

it.each([
  ['models/gemini-3-pro', '/v1/models/gemini-3-pro:generateContent'],
  ['tunedModels/bank 1', '/v1/tunedModels/bank%201:generateContent'],
])('knows the resource %s by its path', async (name, path) => {
  const named = createModel(name)
  upstream.behave((connection) => connection.json(fixture('gemini-answer.json').toString()))
  await collect(await named.open(testRequest({ stream: false }), testCall()))
  expect(sent()?.head).toBe(`POST ${path} HTTP/1.1`)
  await named.close()
})

it.each([
  ['without a finish', [said]],
  ['inside an event', [said, stop.slice(0, 30)]],
  ['with garbage', [said, 'data: nonsense\n\n']],
  [
    'with one of two candidates unfinished',
    [sse(generated([candidate([{ text: 'b' }], {}, 1)])), said, stop],
  ],
])('has failed when it ends %s', async (_how, events) => {
  const stream = await open(streams(...events), { choices: 2 })
  expect(eventsOf(await collect(stream)).at(-1)).toMatchObject({ type: 'error' })
  expect((await stream.outcome).end).toBe('failed')
})

it('says why a prompt was refused, and that is an end', async () => {
  const stream = await open(streams(fixture('gemini-blocked.sse').toString()))
  await collect(stream)
  expect(await stream.outcome).toMatchObject({ end: 'finished' })
  expect((await stream.outcome).finish.get(0)).toBe('content_filter')
})

it('gives an error inside a stream, without our key', async () => {
  const error = { error: { code: 503, message: `overloaded ${key}`, status: 'UNAVAILABLE' } }
  await expect(open(streams(sse(error)))).rejects.toMatchObject({
    code: 'llm.upstream-error',
    retryable: true,
    params: { detail: 'overloaded [key]', upstreamType: 'UNAVAILABLE' },
  })
  const frames = await collect(await open(streams(said + sse(error))))
  expect(textOf(frames)).toBe('Fif')
  expect(bytesOf(frames)).not.toContain(key)
})

it('counts what was used when an answer breaks off', async () => {
  const counted = (tokens: number) => ({
    usageMetadata: { promptTokenCount: 900, candidatesTokenCount: tokens, totalTokenCount: 900 + tokens },
  })
  const stream = await open(streams(sse(generated([candidate([{ text: 'Fif' }])], counted(40)))))
  await collect(stream)
  expect((await stream.outcome).attempts).toMatchObject([
    { usageSource: 'partial', usage: { input: { total: 900 }, output: { total: 40 } } },
  ])
})
