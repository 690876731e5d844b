// Traces of a system as `serve` runs it: from its own process, over a search, to a collector; whole when it is stopped.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startServeProcess } from '../../src/cli/serve-process.js'
import { serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'
import { type Collector, startCollector } from '../../src/telemetry/testing.js'
import { createSmallProject, type SmallProject } from './small-project.js'

let collector: Collector
let project: SmallProject
afterEach(async () => {
  project.remove()
  await collector.close()
})

const question = 'What does a transfer to another bank cost?'

describe('serve', () => {
  it('sends what is left of its spans before it ends, and none of the text', {
    timeout: 120_000,
  }, async () => {
    collector = await startCollector()
    project = createSmallProject(
      `telemetry: { traces: { endpoint: '${collector.endpoint}', headers: { x-token: '\${env:PATH}' } } }\n`,
    )
    const system = await startServeProcess(project.architectureFile)
    await system.ready
    const response = await fetch(`${system.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content: question }] }),
    })
    expect(await response.text()).toContain('NT$15')
    expect(response.headers.get('server-timing')).toMatch(/^upstream;dur=\d+\.\d, gateway;dur=\d+\.\d$/)
    system.stop()
    expect(await system.exited).toBe(0)
    const byName = new Map(collector.spans.map((span) => [span.name, span]))
    const server = byName.get('chat support')
    expect(server?.kind).toBe('server')
    for (const name of ['retrieval docs', 'chat extractive'])
      expect([name, byName.get(name)?.parentSpanId]).toEqual([name, server?.spanId])
    expect(byName.get('retrieval docs')?.attributes['llm_architect.retrieval.passages']).toBeGreaterThan(0)
    expect(collector.requests[0]?.headers['x-token']).toBe(process.env.PATH)
    expect(collector.raw()).not.toMatch(/another bank|NT\$15/)
  })

  it('begins to trace with a reload, and leaves off with another', { timeout: 120_000 }, async () => {
    collector = await startCollector()
    project = createSmallProject()
    const untraced = readFileSync(project.architectureFile, 'utf8')
    const system = await serveSystem({
      architectureFile: project.architectureFile,
      stateDirectory: join(project.directory, '.llm-architect'),
      environment: process.env,
      log: silentLog,
    })
    try {
      const models = async () => (await fetch(`${system.url}/v1/models`)).text()
      await models()
      writeFileSync(
        project.architectureFile,
        `${untraced}telemetry: { traces: { endpoint: '${collector.endpoint}' } }\n`,
      )
      await system.reload()
      await models()
      writeFileSync(project.architectureFile, untraced)
      await system.reload()
      await models()
      expect(collector.spans.map(({ attributes }) => attributes['url.path'])).toEqual(['/v1/models'])
      const metrics = await (await fetch(`${system.url}/metrics`)).text()
      expect(metrics).toContain('llm_architect_spans_total{result="exported"} 1')
    } finally {
      await system.close()
    }
  })

  it('ends soon also where its collector takes everything and says nothing', {
    timeout: 120_000,
  }, async () => {
    collector = await startCollector('never')
    project = createSmallProject(`telemetry: { traces: { endpoint: '${collector.endpoint}' } }\n`)
    const system = await startServeProcess(project.architectureFile)
    await system.ready
    const response = await fetch(`${system.url}/v1/models`)
    expect(response.status).toBe(200)
    const stoppedMs = performance.now()
    system.stop()
    expect(await system.exited).toBe(0)
    expect(performance.now() - stoppedMs).toBeLessThan(30_000)
  })
})
