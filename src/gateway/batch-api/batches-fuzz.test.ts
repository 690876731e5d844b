// Whatever is sent to the endpoints of batches, or stands in their files: an answer or an error of the client, never one of
// ours, and every batch that was accepted ends.

import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BatchGateway, chatLine, openTestBatches } from '../__fixtures__/batch-gateway.js'

let test: Awaited<ReturnType<typeof openTestBatches>>
let gateway: BatchGateway
beforeAll(async () => {
  test = await openTestBatches()
})
afterAll(() => test.close())
const start = async () => {
  gateway = await test.start()
}
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  expect(problems).toEqual([])
})

const endpoint = '/v1/chat/completions'
const run = async (lines: readonly unknown[]) => {
  const input_file_id = await gateway.upload(lines)
  const { id } = await gateway.client.batches.create({ input_file_id, endpoint, completion_window: '24h' })
  return gateway.ended(id)
}

describe('whatever JSON arrives', () => {
  it('is answered or refused, and never by a fault of ours', { timeout: 120_000 }, async () => {
    await start()
    const value = fc.jsonValue({ maxDepth: 3 })
    const fileId = await gateway.upload([chatLine('a', 'hi')])
    const openai = fc.record({
      input_file_id: fc.oneof(fc.constant(fileId), value),
      endpoint: fc.oneof(fc.constant(endpoint), value),
      completion_window: fc.oneof(fc.constant('24h'), value),
      metadata: value,
      output_expires_after: value,
    })
    const request = fc.oneof(value, fc.record({ custom_id: fc.oneof(fc.string(), value), params: value }))
    const anthropic = fc.record({ requests: fc.oneof(value, fc.array(request, { maxLength: 3 })) })
    const statuses = new Set<number>()
    const send = async (path: string, body: unknown) => {
      const { status } = await gateway.postTo(path, body, { authorization: 'Bearer la-key' })
      statuses.add(status)
      expect([200, 400, 404]).toContain(status)
    }
    await fc.assert(
      fc.asyncProperty(openai, anthropic, async (one, other) => {
        await send('/v1/batches', one)
        await send('/v1/messages/batches', other)
      }),
      { numRuns: 60 },
    )
    expect(statuses).toContain(400)
    // Whatever was accepted comes to its end.
    for await (const { id } of gateway.client.batches.list()) await gateway.ended(id)
    for await (const { id } of gateway.anthropic.messages.batches.list())
      while ((await gateway.anthropic.messages.batches.retrieve(id)).processing_status !== 'ended')
        await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('stands in a line of an input file: it is named, or answered', { timeout: 120_000 }, async () => {
    await start()
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            custom_id: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
            method: fc.constant('POST'),
            url: fc.constant(endpoint),
            body: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (lines) => {
          const { status, request_counts } = await run(lines)
          expect(['completed', 'failed']).toContain(status)
          if (status === 'completed') expect(request_counts?.failed).toBe(lines.length)
        },
      ),
      { numRuns: 25 },
    )
  })
})
