// A deployment that is answered through an installed package of the AI SDK, against the product as a user starts it.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callAdmin } from '../../src/cli/running-system.js'
import { startServeProcess } from '../../src/cli/serve-process.js'
import {
  chunk,
  completion,
  finish,
  sendEvents,
  sendJson,
  startUpstream,
  type Upstream,
} from '../../src/gateway/__fixtures__/upstream.js'
import { runCommand, runJson } from './run-command.js'
import { createSmallProject } from './small-project.js'

const project = createSmallProject()
const secret = 'sk-0123456789abcdef'

const architecture = (address: string) => `version: 1
name: small
server: { port: 0, drainSeconds: 2 }
deployments:
  - id: house
    engine: ai-sdk
    model: large
    address: ${address}
    price: { input: 100, output: 100 }
    options:
      package: '@ai-sdk/openai-compatible'
      method: chatModel
      settings: { name: house, apiKey: '\${file:key.txt}', includeUsage: true }
routes:
  - { name: support, strategy: { deployment: house } }
`

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream((call) => {
    if (!JSON.parse(call.body).stream) return sendJson(call, completion('Hello'))
    sendEvents(call, chunk({ content: 'Hel' }) + chunk({ content: 'lo' }) + finish)
    call.response.end()
  })
  writeFileSync(project.architectureFile, architecture(upstream.address))
  writeFileSync(join(project.directory, 'key.txt'), `${secret}\n`)
})
afterAll(async () => {
  await upstream.close()
  project.remove()
})

const serve = ['serve', '--architecture', project.architectureFile]
/** What `npm install` in the project would leave. */
const install = () => {
  mkdirSync(join(project.directory, 'node_modules'))
  const ours = fileURLToPath(new URL('../../node_modules/@ai-sdk', import.meta.url))
  symlinkSync(ours, join(project.directory, 'node_modules/@ai-sdk'))
}

describe('a package that is not installed', { timeout: 90_000 }, () => {
  const command = 'npm install @ai-sdk/openai-compatible'

  it.each(['en', 'zh-TW'] as const)(
    'is what serve --check tells, with what installs it (%s)',
    async (language) => {
      const { status, stdout } = await runCommand([...serve, '--check'], language)
      expect(status).toBe(1)
      expect(stdout).toContain('✗ house')
      expect(stdout).toContain(command)
    },
  )

  it('is what serve ends with', async () => {
    const { status, stderr } = await runCommand(serve)
    expect(status).not.toBe(0)
    expect(stderr).toContain(command)
  })

  it('is what doctor tells in the folder of the architecture', async () => {
    const before = process.cwd()
    process.chdir(project.directory)
    const { status, document } = await runJson('doctor').finally(() => process.chdir(before))
    expect(status).toBe(1)
    expect(document.checks).toContainEqual({
      id: 'providers',
      ok: false,
      detail: expect.stringContaining(command),
    })
  })
})

describe('an installed package', { timeout: 90_000 }, () => {
  beforeAll(install)

  it('is what serve --check names with its version', async () => {
    const { status, document } = await runJson(...serve, '--check')
    expect(status).toBe(0)
    expect(document).toMatchObject({
      providers: [{ deployment: 'house', package: '@ai-sdk/openai-compatible', specification: 'v4' }],
      problems: [],
    })
  })

  it('answers, whole and streamed, journalled and priced', async () => {
    const system = await startServeProcess(project.architectureFile)
    try {
      await system.ready
      const client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: 'none', maxRetries: 0 })
      const asked = { model: 'support', messages: [{ role: 'user' as const, content: 'hi' }] }
      const whole = await client.chat.completions.create(asked)
      expect(whole.choices[0]?.message.content).toBe('Hello')
      const streamed = await client.chat.completions.stream(asked).finalChatCompletion()
      expect(streamed.choices[0]?.message.content).toBe('Hello')
      expect(upstream.calls.map(({ request }) => request.headers.authorization)).toEqual([
        `Bearer ${secret}`,
        `Bearer ${secret}`,
      ])
      const { rows } = await callAdmin<{ rows: Record<string, unknown>[] }>(system, {
        path: '/admin/ledger?limit=50',
      })
      expect(rows).toHaveLength(2)
      expect(rows.find(({ usageSource }) => usageSource === 'reported')).toMatchObject({
        deployment: 'house',
        costUsd: '0.001',
      })
    } finally {
      system.stop()
      await system.exited
    }
  })
})
