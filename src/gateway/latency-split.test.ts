// How much of a request's time was the gateway's own, on a clock that moves only where a test moves it.

import { afterEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../core/index.js'
import { type ChatModel, createScriptedModel, llmError } from '../llm/index.js'
import { ask, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'
import { closeAll, start } from './__fixtures__/start-gateway.js'
import { chunk, finish, sendEvents } from './__fixtures__/upstream.js'

let gateway: TestGateway
const opened: TestGateway[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
  await closeAll()
})

/** A deployment that takes its time. */
interface Pace {
  readonly untilContentMs: number
  readonly fails?: boolean
}

const paced = (id: string, clock: ManualClock, { untilContentMs, fails }: Pace): ChatModel => {
  const model = createScriptedModel({ id, script: 'Hello there', clock })
  const open: ChatModel['open'] = async (request, call) => {
    await clock.advance(untilContentMs)
    if (!fails) return model.open(request, call)
    throw llmError('llm.upstream-broke-off', { deployment: id, reason: 'a test' }, { retryable: true })
  }
  return { ...model, open }
}

const begin = async (clock: ManualClock, models: Record<string, Pace>, more: TestOptions = {}) => {
  const ids = Object.keys(models)
  gateway = await startTestGateway({
    ...more,
    clock,
    models: Object.fromEntries(Object.entries(models).map(([id, pace]) => [id, paced(id, clock, pace)])),
    architecture: {
      deployments: ids.map((id) => ({ id, engine: 'scripted', model: id })),
      routes: [{ name: 'chat', strategy: { fallback: ids.map((deployment) => ({ deployment })) } }],
      ...more.architecture,
    },
  })
  opened.push(gateway)
}

/** Seconds by the name of the metric. */
const sums = async ({ metrics }: TestGateway) => {
  const { text } = await metrics.read()
  const sumOf = (name: string) => Number(new RegExp(`^${name}_sum\\{.*\\} (.*)$`, 'm').exec(text)?.[1])
  return {
    first: sumOf('llm_architect_added_time_to_first_token_seconds'),
    total: sumOf('llm_architect_added_request_duration_seconds'),
    duration: sumOf('gen_ai_server_request_duration_seconds'),
  }
}

describe('the time that the gateway adds', () => {
  it('is nothing where only the upstream takes time', async () => {
    const clock = createManualClock()
    await begin(clock, { main: { untilContentMs: 120 } })
    const response = await gateway.post(ask('x'))
    await response.text()
    expect(response.headers.get('server-timing')).toBe('upstream;dur=120.0, gateway;dur=0.0')
    expect(await sums(gateway)).toEqual({ first: 0, total: 0, duration: 0.12 })
  })

  it('has a search in it, but no attempt, failed or not', async () => {
    const clock = createManualClock()
    const knowledge: TestOptions['knowledge'] = {
      search: async () => {
        await clock.advance(30)
        return []
      },
      status: async () => {
        throw new Error('not asked')
      },
      version: () => '1',
    }
    await begin(
      clock,
      { broken: { untilContentMs: 70, fails: true }, main: { untilContentMs: 100 } },
      {
        knowledge,
        architecture: {
          knowledge: [{ id: 'docs', source: 'docs' }],
          routes: [
            {
              name: 'chat',
              strategy: { fallback: [{ deployment: 'broken' }, { deployment: 'main' }] },
              knowledge: 'docs',
            },
          ],
        },
      },
    )
    const response = await gateway.post(ask('what?'))
    await response.text()
    expect(response.headers.get('server-timing')).toBe('upstream;dur=170.0, gateway;dur=30.0')
    expect(await sums(gateway)).toEqual({ first: 0.03, total: 0.03, duration: 0.2 })
  })

  it('is told of a stream up to its first content; the rest of it is the upstream’s', async () => {
    const clock = createManualClock()
    let finishNow = () => {}
    const mayFinish = new Promise<void>((resolve) => {
      finishNow = resolve
    })
    const { gateway: streaming } = await start(
      async (call) => {
        await clock.advance(50)
        sendEvents(call, chunk({ content: 'Once' }))
        await mayFinish
        sendEvents(call, finish)
        call.response.end()
      },
      { options: { clock } },
    )
    const response = await streaming.post(ask('x', { stream: true }))
    expect(response.headers.get('server-timing')).toBe('upstream;dur=50.0, gateway;dur=0.0')
    await clock.advance(400)
    finishNow()
    await response.text()
    expect(await sums(streaming)).toEqual({ first: 0, total: 0, duration: 0.45 })
  })

  it('is all of it where no engine is asked', async () => {
    const clock = createManualClock()
    await begin(
      clock,
      { main: { untilContentMs: 50 } },
      {
        architecture: {
          routes: [{ name: 'chat', strategy: { deployment: 'main' }, cache: {} }],
        },
      },
    )
    await (await gateway.post(ask('x'))).text()
    const response = await gateway.post(ask('x'))
    await response.text()
    expect(response.headers.get('x-answered-by')).toBe('cache')
    expect(response.headers.get('server-timing')).toBe('upstream;dur=0.0, gateway;dur=0.0')
  })
})
