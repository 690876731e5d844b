import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemClient, type SystemClient } from './system-client.js'

let server: Server | undefined
let client: SystemClient | undefined
afterEach(async () => {
  await client?.close()
  server?.closeAllConnections()
  server?.close()
})

const clientOf = async (listener: RequestListener): Promise<SystemClient> => {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  client = createSystemClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return client
}
const question = { model: 'm', question: 'q', signal: new AbortController().signal }
const query = { knowledge: 'k', query: 'q', limit: 10 }
const stream =
  (events: readonly string[]): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r-1' })
    response.end(events.map((data) => `data: ${data}\n\n`).join(''))
  }
const delta = (content: string, finish: string | null = null) =>
  JSON.stringify({ id: 'c-1', choices: [{ delta: { content }, finish_reason: finish }] })

describe('a chat', () => {
  it('is complete with a finish reason and the end mark, and only then', async () => {
    const whole = await clientOf(stream([delta('one '), delta('two', 'stop'), '[DONE]']))
    expect(await whole.chat(question)).toMatchObject({
      text: 'one two',
      requestId: 'r-1',
      completionId: 'c-1',
      isComplete: true,
    })
    const unmarked = await clientOf(stream([delta('one'), delta('two', 'stop')]))
    expect((await unmarked.chat(question)).isComplete).toBe(false)
    const unfinished = await clientOf(stream([delta('one'), '[DONE]']))
    expect((await unfinished.chat(question)).isComplete).toBe(false)
  })

  it('that ends with an error event is not complete', async () => {
    const failed = await clientOf(
      stream([delta('one', 'stop'), '{"error":{"code":"cut","message":""}}', '[DONE]']),
    )
    expect(await failed.chat(question)).toMatchObject({ errorCode: 'cut', isComplete: false })
  })

  it('collects calls of tools whose engine does not count them from 0', async () => {
    const tool_calls = [{ index: 2, function: { name: 'intent', arguments: '{}' } }]
    const body = { id: 'c', choices: [{ message: { tool_calls }, finish_reason: 'tool_calls' }] }
    const called = await clientOf((_request, response) => response.end(JSON.stringify(body)))
    expect((await called.chat(question)).toolCalls).toEqual([{ name: 'intent', arguments: '{}' }])
  })

  it('collects the citations of an answer', async () => {
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'a.md#0-9', title: 'A', start_index: 0, end_index: 3 } },
      { type: 'other' },
    ]
    const body = { id: 'c', choices: [{ message: { content: 'one', annotations }, finish_reason: 'stop' }] }
    const cited = await clientOf((_request, response) => response.end(JSON.stringify(body)))
    expect((await cited.chat(question)).citations).toEqual([{ url: 'a.md#0-9', start: 0, end: 3 }])
  })

  it('that gets no answer at all is an error that may pass', async () => {
    const away = await clientOf((request) => request.socket.destroy())
    await expect(away.chat(question)).rejects.toMatchObject({ code: 'verify.system-away', retryable: true })
  })
})

describe('a search', () => {
  it('rejects with what the system said', async () => {
    const refused = await clientOf((_request, response) =>
      response.writeHead(404).end(JSON.stringify({ error: { code: 'x', message: 'no such store' } })),
    )
    await expect(refused.search(query)).rejects.toMatchObject({
      code: 'verify.system-answer',
      params: { status: 404, message: 'no such store' },
    })
  })

  it.each([
    ['another shape', '{"data": 1}'],
    ['no JSON', 'hello'],
  ])('refuses an answer of %s', async (_name, body) => {
    const odd = await clientOf((_request, response) => response.end(body))
    await expect(odd.search(query)).rejects.toMatchObject({ code: 'verify.system-answer' })
  })

  it('that breaks off in the middle is an error that may pass', async () => {
    const broken = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"data"')
      setImmediate(() => response.destroy())
    })
    await expect(broken.search(query)).rejects.toMatchObject({ code: 'verify.system-away' })
  })
})
