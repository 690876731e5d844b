// The process of a local model: killed, closed, and started with models that cannot be used.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testCall } from '../__fixtures__/call.js'
import { collect, eventsOf } from '../__fixtures__/streams.js'
import { asking, createLocalProcesses, type LocalProcesses } from './__fixtures__/local-process.js'
import { randomModel, sayingModel } from './__fixtures__/tiny-models.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let processes: LocalProcesses
let sayingPath: string
let randomPath: string

beforeAll(async () => {
  processes = await createLocalProcesses()
  randomPath = await processes.write('random.gguf', randomModel())
  const script = { hello: ['Good', ' day', '.'], endless: [' tock', 'endless'] }
  sayingPath = await processes.write('saying.gguf', sayingModel(script))
})
afterAll(() => processes.close())

describe('the process', () => {
  it('killed in the middle fails what it was asked, answers again after its restart, and goes with its model', async () => {
    const { model, child, ask } = processes.start(sayingPath, { contextLength: 8192 })
    const stream = await model.open(asking('endless'), testCall())
    const waiting = ask('endless', { stream: false }).catch((error: unknown) => error)
    const pid = child.pid()
    process.kill(pid as number, 'SIGKILL')
    expect(eventsOf(await collect(stream)).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'llm.upstream-broke-off', retryable: true, params: { reason: 'signal SIGKILL' } },
    })
    expect(await waiting).toMatchObject({ code: 'llm.upstream-broke-off', retryable: true })
    expect((await ask('hello')).choices[0]?.text).toBe('Good day.')
    const restarted = child.pid() as number
    expect(restarted).not.toBe(pid)
    // It is gone when the model is closed.
    await model.close()
    expect(() => process.kill(restarted, 0)).toThrow('ESRCH')
  })
})

describe('a model that cannot be used', () => {
  const failure = (modelPath: string, args = {}) =>
    processes.load(modelPath, args).model.ready.then(
      () => undefined,
      (error: unknown) => error,
    )

  it('ends its process, with why', async () => {
    const { model, child } = processes.start(processes.path('missing.gguf'))
    await expect(model.ready).rejects.toMatchObject({
      code: 'llm.model-not-found',
      retryable: false,
      params: { deployment: 'small' },
    })
    expect(child.pid()).toBeUndefined()
  })

  it.each([
    ['is missing', async () => processes.path('missing.gguf'), 'llm.model-not-found'],
    ['is a folder', async () => processes.path('.'), 'llm.model-not-gguf'],
    ['is no GGUF', () => processes.write('text.gguf', Buffer.from('hello, world')), 'llm.model-not-gguf'],
    [
      'was cut off in its head',
      () => processes.write('head.gguf', randomModel().subarray(0, 3000)),
      'llm.model-damaged',
    ],
    [
      'was cut off in its weights',
      () => processes.write('cut.gguf', randomModel().subarray(0, -100_000)),
      'llm.model-damaged',
    ],
    [
      'is of an unknown kind',
      () => processes.write('odd.gguf', randomModel({ architecture: 'abacus' })),
      'llm.model-not-supported',
    ],
  ])('because it %s', async (_what, file, code) => {
    expect(await failure(await file())).toMatchObject({
      code,
      retryable: false,
      params: { deployment: 'small' },
    })
  })

  it('because memory does not suffice, with what it needs', async () => {
    const path = await processes.write('wide.gguf', randomModel({ contextLength: 2 ** 31 - 1 }))
    expect(await failure(path, { contextLength: 2 ** 31 - 1, sequences: 64 })).toMatchObject({
      code: 'llm.model-too-large',
      params: { neededMiB: expect.any(Number), availableMiB: expect.any(Number), sequences: 64 },
    })
  })

  it('because its adapter is missing or none', async () => {
    const missing = { lora: [{ path: processes.path('missing.gguf'), scale: 1 }] }
    expect(await failure(randomPath, missing)).toMatchObject({ code: 'llm.adapter-unusable' })
    const wrong = { lora: [{ path: randomPath, scale: 1 }] }
    expect(await failure(randomPath, wrong)).toMatchObject({ code: 'llm.adapter-unusable' })
  })

  it('for chats, because it has no template; embeddings it can make', async () => {
    const base = processes.load(await processes.write('base.gguf', randomModel({ hasTemplate: false })))
    await expect(base.ask('hello')).rejects.toMatchObject({ code: 'llm.model-cannot-chat' })
    expect((await base.model.embed(['hello'])).vectors).toHaveLength(1)
    expect(base.model.facts.tools).toBe(false)
  })
})
