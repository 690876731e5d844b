// What tests of responses in the background have in common: an engine that speaks slowly, and the OpenAI client's events.

import type OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createManualClock, type ManualClock } from '../../core/index.js'
import { type ChatModel, createScriptedModel, type Script } from '../../llm/index.js'
import { openTestConversations, type ResponsesGateway } from './responses-gateway.js'

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

type Conversations = Awaited<ReturnType<typeof openTestConversations>>

/** The gateways of a file of tests, over one store; after each test all that they said must be as OpenAI describes it. */
export const useBackgroundGateways = () => {
  let conversations: Conversations
  let time: ManualClock
  const opened: ResponsesGateway[] = []
  beforeAll(async () => {
    conversations = await openTestConversations()
  })
  afterAll(() => conversations.close())
  afterEach(async () => {
    for (const gateway of opened.splice(0)) {
      const problems = await gateway.problems()
      await gateway.close()
      expect(problems).toEqual([])
    }
  })
  const modelSaying = (script: Script): ChatModel => {
    time = createManualClock()
    return createScriptedModel({ id: 'main', script, clock: time })
  }
  const start = async (script: Script | ChatModel, options?: Parameters<Conversations['start']>[1]) => {
    const model = typeof script === 'object' && 'countTokens' in script ? script : modelSaying(script)
    const gateway = await conversations.start(model, options)
    opened.push(gateway)
    return gateway
  }
  return {
    conversations: () => conversations,
    modelSaying,
    opened,
    start,
    /** Of the engine: what it says comes a second after the other. */
    time: () => time,
  }
}
