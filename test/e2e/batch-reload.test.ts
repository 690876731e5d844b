// A reload in the middle of a batch: the system that comes goes on where the one that leaves has let its requests end.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'
import { startCountingProvider } from './counting-provider.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
let provider: Awaited<ReturnType<typeof startCountingProvider>>
let system: ServingSystem

const write = (concurrency: number, requireKeys: boolean) =>
  writeFileSync(
    project.architectureFile,
    `version: 1
name: batches
server: { port: 0, drainSeconds: 10, requireKeys: ${requireKeys} }
deployments:
  - { id: provider, engine: openai-compatible, model: mock, address: "${provider.address}" }
routes:
  - { name: chat, strategy: { deployment: provider } }
batches: { concurrency: ${concurrency} }
`,
  )

beforeAll(async () => {
  provider = await startCountingProvider()
  write(2, true)
  system = await serveSystem({
    architectureFile: project.architectureFile,
    stateDirectory: join(project.directory, '.llm-architect'),
    environment: process.env,
    log: silentLog,
  })
})
afterAll(async () => {
  await system?.close()
  provider.close()
  project.remove()
})

const count = 60

it('goes on in the new system, asks nothing twice, and stops when its key is revoked', async () => {
  const { secret, record } = await system.resources.keyring.create({ name: 'night', tenant: 'acme' })
  const other = await system.resources.keyring.create({ name: 'day', tenant: 'acme' })
  const client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: secret, maxRetries: 0 })
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      custom_id: `${i}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'chat', messages: [{ role: 'user', content: `line ${i}` }] },
    }),
  )
  const file = await toFile(Buffer.from(lines.join('\n')), 'input.jsonl')
  const { id: input_file_id } = await client.files.create({ file, purpose: 'batch' })
  const { id } = await client.batches.create({
    input_file_id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(() => provider.total() >= 15)
  write(3, true)
  await system.reload()
  const atReload = provider.total()
  expect(atReload).toBeLessThan(count)
  await until(() => provider.total() >= 35)
  await system.resources.keyring.revoke(record.id)
  const colleague = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: other.secret, maxRetries: 0 })
  let batch = await colleague.batches.retrieve(id)
  while (batch.status !== 'completed') batch = await colleague.batches.retrieve(id)
  const { completed = 0, failed = 0 } = batch.request_counts ?? {}
  expect(completed + failed).toBe(count)
  expect(failed).toBeGreaterThan(0)
  expect(provider.total()).toBe(completed)
  expect(Math.max(...provider.calls.values())).toBe(1)
  const { rows } = await callAdmin<{ rows: { keyId: string; architectureHash: string }[] }>(system, {
    path: '/admin/ledger?limit=1000',
  })
  expect(rows).toHaveLength(completed)
  expect(new Set(rows.map(({ keyId }) => keyId))).toEqual(new Set([record.id]))
  expect(new Set(rows.map(({ architectureHash }) => architectureHash)).size).toBe(2)
})
