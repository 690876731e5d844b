// What tests of responses in the background have in common: an engine that speaks slowly, and the OpenAI client's events.

import type OpenAI from 'openai'
import { expect } from 'vitest'
import type { ResponsesGateway } from './responses-gateway.js'

type Stream = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>

export const slowly = (text: readonly string[], more: object = {}) => ({ text, betweenMs: 1000, ...more })
export const body = { model: 'chat', input: 'hi', background: true } as const
export const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
const isOver = ({ status }: OpenAI.Responses.Response) => status !== 'queued' && status !== 'in_progress'
/** Asks until it has ended. */
export const ended = async ({ client }: ResponsesGateway, id: string) => {
  await expect.poll(async () => isOver(await client.responses.retrieve(id))).toBe(true)
  return client.responses.retrieve(id)
}
export const eventsOf = async (stream: Stream, many = Number.POSITIVE_INFINITY) => {
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of stream) {
    events.push(event)
    if (events.length >= many) break
  }
  return events
}

/** Reads until the client throws the failure that the stream tells. */
export const eventsUntilFailure = async (stream: Stream): Promise<{ readonly id: string }> => {
  let id = ''
  await failureOf(
    (async () => {
      for await (const event of stream) if (event.type === 'response.created') id = event.response.id
    })(),
  )
  return { id }
}
