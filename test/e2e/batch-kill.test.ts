// `serve` is killed in the middle of a batch, more than once: every line has exactly one result in the end, no line that
// had one is asked again, and the ledger has a row for each call that the provider saw.

import { writeFileSync } from 'node:fs'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { startCountingProvider } from './counting-provider.js'
import { childrenOf, leftOver } from './processes.js'
import { createSmallProject } from './small-project.js'

let provider: Awaited<ReturnType<typeof startCountingProvider>>
const project = createSmallProject()
beforeAll(async () => {
  provider = await startCountingProvider()
  writeFileSync(
    project.architectureFile,
    `version: 1
name: batches
server: { port: 0, drainSeconds: 2 }
deployments:
  - { id: provider, engine: openai-compatible, model: mock, address: "${provider.address}" }
routes:
  - { name: chat, strategy: { deployment: provider } }
batches: { concurrency: 4 }
`,
  )
})
afterAll(async () => {
  system?.stop()
  await system?.exited
  provider.close()
  project.remove()
})

let system: ServeProcess
const count = 60
const texts = Array.from({ length: count }, (_, i) => `line ${i}`)

const clientOf = ({ url }: Pick<ServeProcess, 'url'>) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })

const restart = async (): Promise<ServeProcess> => {
  const system = await startServeProcess(project.architectureFile)
  await system.ready
  return system
}

const kill = async (system: ServeProcess) => {
  const family = childrenOf(system.pid)
  process.kill(system.pid, 'SIGKILL')
  await system.exited
  expect(await leftOver(family.map(({ pid }) => pid))).toEqual([])
}

const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5))
}

const rowsOf = async (system: ServeProcess) => {
  const rows: { requestId: string; attempt: number }[] = []
  for (let after = ''; ; ) {
    const path = `/admin/ledger?limit=1000${after && `&after=${encodeURIComponent(after)}`}`
    const page = await callAdmin<{ rows: typeof rows; next: string | null }>(system, { path })
    rows.push(...page.rows)
    if (page.next === null) return rows
    after = page.next
  }
}

it('gives every line of an OpenAI batch one result, across two kills', { timeout: 240_000 }, async () => {
  system = await restart()
  const client = clientOf(system)
  const lines = texts.map((text, i) =>
    JSON.stringify({
      custom_id: `${i}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'chat', messages: [{ role: 'user', content: text }] },
    }),
  )
  const file = await toFile(Buffer.from(lines.join('\n')), 'input.jsonl')
  const { id: input_file_id } = await client.files.create({ file, purpose: 'batch' })
  const { id } = await client.batches.create({
    input_file_id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  for (const share of [0.3, 0.6]) {
    await until(() => provider.total() >= count * share)
    await kill(system)
    system = await restart()
    expect((await clientOf(system).batches.retrieve(id)).status).toMatch(/in_progress|finalizing|completed/)
  }
  const after = clientOf(system)
  await until(async () => (await after.batches.retrieve(id)).status === 'completed')
  const batch = await after.batches.retrieve(id)
  expect(batch.request_counts).toEqual({ total: count, completed: count, failed: 0 })
  const output = await (await after.files.content(batch.output_file_id as string)).text()
  const results = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(results.map(({ custom_id }) => Number(custom_id)).toSorted((a, b) => a - b)).toEqual(
    texts.map((_, i) => i),
  )
  for (const { custom_id, response } of results)
    expect(response.body.choices[0].message.content).toBe(`answer to line ${custom_id}`)
  // Only what was under way at a kill is asked again: four requests at most, each time.
  const repeated = provider.total() - count
  expect(repeated).toBeLessThanOrEqual(8)
  expect([...provider.calls.keys()].toSorted()).toEqual(texts.toSorted())
  const rows = await rowsOf(system)
  // An attempt is written down before its call, so a kill between the two leaves a row without a call.
  expect(rows.length).toBeGreaterThanOrEqual(provider.total())
  expect(rows.length).toBeLessThanOrEqual(provider.total() + 8)
  expect(new Set(rows.map(({ requestId, attempt }) => `${requestId} ${attempt}`)).size).toBe(rows.length)
  const answered = new Set(rows.map(({ requestId }) => requestId))
  for (const { response } of results) expect(answered).toContain(response.request_id)
  // The input was kept, too.
  expect(await (await after.files.content(input_file_id)).text()).toBe(lines.join('\n'))
})

it('goes on with an Anthropic batch after an orderly stop, asking nothing twice', {
  timeout: 90_000,
}, async () => {
  const anthropicOf = ({ url }: ServeProcess) =>
    new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 })
  const before = provider.total()
  const { id } = await anthropicOf(system).messages.batches.create({
    requests: texts.map((text, i) => ({
      custom_id: `${i}`,
      params: { model: 'chat', max_tokens: 8, messages: [{ role: 'user', content: `orderly ${text}` }] },
    })),
  })
  await until(() => provider.total() - before >= count / 3)
  system.stop()
  expect(await system.exited).toBe(0)
  system = await restart()
  const { batches } = anthropicOf(system).messages
  await until(async () => (await batches.retrieve(id)).processing_status === 'ended')
  expect((await batches.retrieve(id)).request_counts.succeeded).toBe(count)
  const ids: string[] = []
  for await (const { custom_id } of await batches.results(id)) ids.push(custom_id)
  expect(ids).toEqual(texts.map((_, i) => `${i}`))
  expect(provider.total() - before).toBe(count)
})
