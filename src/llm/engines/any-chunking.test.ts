import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { testCall, testRequest } from '../__fixtures__/call.js'
import { type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { bytesOf, collect, eventsOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { codecs } from '../wire/codecs.js'
import { createOpenAiCompatibleModel, type OpenAiCompatibleModel } from './openai-compatible.js'

let upstream: FakeUpstream
let model: OpenAiCompatibleModel
beforeAll(async () => {
  upstream = await startFakeUpstream()
  model = createOpenAiCompatibleModel({
    deployment: { ...deployment, address: upstream.address },
    facts,
    clock: systemClock,
  })
})
afterAll(async () => {
  await upstream.close()
  await model.close()
})

const recordings = ['two-choices', 'tools', 'reasoning', 'refusal', 'annotations'].map((name) =>
  readFileSync(new URL(`../wire/__fixtures__/openai-chat-${name}.sse`, import.meta.url)),
)

it('the engine gives the same events and the same bytes for any chunking of a recording', async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...recordings),
      cuts,
      fc.boolean(),
      async (bytes, positions, isSpread) => {
        const at = [0, ...positions.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
        upstream.behave(async (connection) => {
          connection.head()
          for (const [i, end] of at.slice(1).entries()) {
            if (end > (at[i] ?? 0)) await connection.chunk(bytes.subarray(at[i], end))
            if (isSpread) await new Promise((resolve) => setImmediate(resolve))
          }
          connection.end()
        })
        const stream = await model.open(testRequest({ choices: 2 }), testCall())
        const frames = await collect(stream)
        expect(bytesOf(frames)).toBe(bytes.toString('utf8'))
        expect(eventsOf(frames)).toEqual(codecs['openai-chat'].createStreamDecoder().push(bytes))
        expect((await stream.outcome).end).toBe('finished')
      },
    ),
    { numRuns: 60 },
  )
})
