// A response in the background that a client was told of ends, also when the whole system is killed while it is
// answered: as failed, with a row in the ledger, and for those who followed it with an event.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { childrenOf, leftOver } from './processes.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
/** Says a word and then nothing more. */
const upstream = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'slow' }
  response.write(
    `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Once' } }] })}\n\n`,
  )
})
beforeAll(async () => {
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  writeFileSync(
    project.architectureFile,
    `version: 1
name: slow
server: { port: 0, drainSeconds: 1 }
deployments:
  - { id: slow, engine: openai-compatible, model: slow, address: "http://127.0.0.1:${port}/v1" }
routes:
  - { name: chat, strategy: { deployment: slow } }
`,
  )
})
afterAll(() => {
  upstream.closeAllConnections()
  upstream.close()
  project.remove()
})

const responsesOf = ({ url }: ServeProcess) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }).responses
const body = { model: 'chat', input: 'Tell me a story.', background: true } as const
const tellTwo = async (system: ServeProcess): Promise<readonly string[]> => {
  const responses = responsesOf(system)
  const first = await responses.create(body)
  const stream = await responses.create({ ...body, stream: true })
  for await (const event of stream) {
    if (event.type !== 'response.created') continue
    return [first.id, event.response.id]
  }
  return []
}
const failedWith = async (system: ServeProcess, id: string) => {
  const { status, error } = await responsesOf(system).retrieve(id)
  return [status, error?.code, error?.message] as const
}
const rowOf = async (system: ServeProcess, id: string) => {
  const path = `/admin/ledger?limit=1000`
  const { rows } = await callAdmin<{ rows: { requestId: string; status: string }[] }>(system, { path })
  return rows.filter(({ requestId }) => requestId.endsWith(id.slice('resp_'.length)))
}

it('ends as failed after kill -9, and after a stop that waits no longer', { timeout: 90_000 }, async () => {
  const first = await startServeProcess(project.architectureFile)
  await first.ready
  const told = await tellTwo(first)
  expect(told).toHaveLength(2)
  for (const id of told)
    expect(await responsesOf(first).retrieve(id)).toMatchObject({ status: 'in_progress' })
  const family = childrenOf(first.pid)
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  expect(await leftOver(family.map(({ pid }) => pid))).toEqual([])

  const second = await startServeProcess(project.architectureFile)
  await second.ready
  for (const id of told) {
    expect(await failedWith(second, id)).toEqual([
      'failed',
      'server_error',
      expect.stringContaining('stopped while it was answering'),
    ])
    await expect.poll(() => rowOf(second, id), { timeout: 10_000 }).toHaveLength(1)
  }
  const rest = await responsesOf(second).retrieve(told[1] ?? '', { stream: true, starting_after: 9 })
  const types: string[] = []
  for await (const event of rest) types.push(`${event.type} ${event.sequence_number}`)
  expect(types).toEqual(['response.failed 10'])

  const more = await tellTwo(second)
  second.stop()
  expect(await second.exited).toBe(0)
  const third = await startServeProcess(project.architectureFile)
  await third.ready
  for (const id of more) {
    expect(await failedWith(third, id)).toEqual([
      'failed',
      'server_error',
      expect.stringContaining('stopping'),
    ])
    await expect.poll(() => rowOf(third, id), { timeout: 10_000 }).toHaveLength(1)
  }
  third.stop()
  await third.exited
})
