// Clients that send too much, too little, too slowly or no HTTP at all: each gets a clear answer or none, the others
// are served meanwhile, memory stays bounded, and afterwards the system still ends in good order.

import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { createRandom } from '../../src/core/index.js'
import { ask } from './ask.js'
import { childrenOf, leftOver } from './processes.js'
import { openSocket } from './raw-socket.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
let system: ServeProcess

beforeAll(async () => {
  system = await startServeProcess(project.architectureFile)
  await system.ready
  // What a first request loads stays loaded, and is no growth that a client caused.
  for (let i = 0; i < 20; i++) await askWell()
})
afterAll(async () => {
  system?.stop()
  await system?.exited
  project.remove()
})

const askWell = () => ask(system.url, project.model, 'What does a transfer to another bank cost?')

const expectAnswer = async () => {
  const { status, text } = await askWell()
  expect(status).toBe(200)
  expect(text).toContain('NT$15')
}

const mebibyte = 1024 * 1024
const memoryOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Runs it, and reports by how much the server's memory grew at most meanwhile, in bytes. */
const growthDuring = async (run: () => Promise<void>): Promise<number> => {
  const before = memoryOf(system.pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(system.pid))
  }, 20)
  await run().finally(() => clearInterval(timer))
  return Math.max(most, memoryOf(system.pid)) - before
}

const maxGrowth = 100 * mebibyte
const path = '/v1/chat/completions'

describe('a body of 50 MB', () => {
  const body = `{"model":"support","messages":[{"role":"user","content":"${'a'.repeat(50_000_000)}"}]}`
  const errorOf = (text: string) => (JSON.parse(text) as { error: object }).error

  it('is refused as JSON, and costs no memory', async () => {
    const growth = await growthDuring(async () => {
      const response = await fetch(system.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(413)
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(errorOf(await response.text())).toMatchObject({ code: 'request_too_large', param: null })
    })
    expect(growth).toBeLessThan(maxGrowth)
    await expectAnswer()
  })

  it('is refused as well when it does not say how long it is', async () => {
    const growth = await growthDuring(async () => {
      const response = await fetch(system.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: pieces(body),
        duplex: 'half',
      } as RequestInit)
      expect(response.status).toBe(413)
      expect(errorOf(await response.text())).toMatchObject({ code: 'request_too_large' })
    })
    expect(growth).toBeLessThan(maxGrowth)
    await expectAnswer()
  })
})

const pieces = (text: string): ReadableStream<Uint8Array> => {
  const bytes = Buffer.from(text)
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(at, at + 65_536))
      at += 65_536
    },
  })
}

describe('a body that is no JSON', () => {
  it.each([
    ['{"model": "support", "messages": [}', /line 1, column 35|position 34/],
    ['{"model": "support",\n "messages": oops}', /line 2|position 3\d/],
    ['', /no body/],
  ])('is refused with the place where it breaks: %j', async (body, place) => {
    const response = await fetch(system.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    expect(error).toMatchObject({ code: 'invalid_json', message: expect.stringMatching(place) })
    await expectAnswer()
  })
})

describe('clients that never finish', () => {
  it('do not keep others from their answers: 200 in their headers, 200 in their body', {
    timeout: 60_000,
  }, async () => {
    const heads = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n'
    const begun = `${heads}content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"model": "`
    const growth = await growthDuring(async () => {
      const slow = await Promise.all(Array.from({ length: 400 }, () => openSocket(system.url)))
      for (const [i, { write }] of slow.entries()) write(i % 2 === 0 ? heads : begun)
      for (let second = 0; second < 3; second++) {
        for (const [i, { write }] of slow.entries()) write(i % 2 === 0 ? `x-slow-${second}: 1\r\n` : 'a')
        const startedMs = performance.now()
        await expectAnswer()
        expect(performance.now() - startedMs).toBeLessThan(5_000)
        await delay(300)
      }
      for (const { socket } of slow) socket.destroy()
    })
    expect(growth).toBeLessThan(maxGrowth)
    await expectAnswer()
  })
})

describe('bytes that are no HTTP', () => {
  it('are answered with 400 or an end of the connection', async () => {
    const random = createRandom('garbage')
    const growth = await growthDuring(async () => {
      for (let i = 0; i < 50; i++) {
        const { write, ended, socket } = await openSocket(system.url)
        write(Uint8Array.from({ length: 1 + random.integer(4096) }, () => random.integer(256)))
        socket.end()
        expect(await ended).toMatch(/^$|^HTTP\/1\.1 400 /)
      }
    })
    expect(growth).toBeLessThan(maxGrowth)
  })

  it.each([
    ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex')],
    [
      'two lengths',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n',
    ],
    [
      'a length and chunks',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s gets 400 as JSON', async (_what, bytes) => {
    const { write, ended } = await openSocket(system.url)
    write(bytes)
    const answer = await ended
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
      error: { type: 'invalid_request_error' },
    })
  })

  it('headers of 100 KB get 431', async () => {
    const { write, ended } = await openSocket(system.url)
    write(`GET /v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`)
    expect(await ended).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe('after all of them', () => {
  it('the system answers, ends with status 0 and leaves no process behind', { timeout: 30_000 }, async () => {
    await expectAnswer()
    const family = childrenOf(system.pid).map(({ pid }) => pid)
    expect(family.length).toBeGreaterThanOrEqual(2)
    system.stop()
    expect(await system.exited).toBe(0)
    expect(await leftOver(family)).toEqual([])
  })
})
