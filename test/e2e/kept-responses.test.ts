// What a client was told is stored is there after the whole system was killed, also for a streamed response: told means
// that its last event was read.

import OpenAI from 'openai'
import { afterAll, expect, it } from 'vitest'
import { startServeProcess } from '../../src/cli/serve-process.js'
import { childrenOf, leftOver } from './processes.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
afterAll(() => project.remove())

const clientOf = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
const question = { model: 'support', input: 'What does a transfer cost?' }

it('finds every acknowledged response again after kill -9', { timeout: 90_000 }, async () => {
  const system = await startServeProcess(project.architectureFile)
  await system.ready
  const client = clientOf(system.url)
  const acknowledged = new Map<string, string>()
  const work = async (isStreamed: boolean) => {
    for (;;) {
      const response = isStreamed
        ? await client.responses.stream(question).finalResponse()
        : await client.responses.create(question)
      acknowledged.set(response.id, response.output_text)
      if (acknowledged.size === 12) process.kill(system.pid, 'SIGKILL')
    }
  }
  const family = childrenOf(system.pid)
  await Promise.allSettled([work(true), work(false), work(true)])
  await system.exited
  expect(await leftOver(family.map(({ pid }) => pid))).toEqual([])
  expect(acknowledged.size).toBeGreaterThanOrEqual(12)
  const after = await startServeProcess(project.architectureFile)
  await after.ready
  const found = clientOf(after.url).responses
  for (const [id, text] of acknowledged) {
    const response = await found.retrieve(id)
    expect([response.status, response.output_text]).toEqual(['completed', text])
  }
  after.stop()
  await after.exited
})
