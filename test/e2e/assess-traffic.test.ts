// `assess --from`: logs on disk and a server's metrics, alone and beside requirements.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseRequirements } from '../../src/spec/index.js'
import { runCommand } from './run-command.js'

const launcher = fileURLToPath(new URL('../../bin/llm-architect.mjs', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'assess-traffic-'))
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
const path = (name: string) => join(directory, name)

const run = (...args: string[]) => runCommand(['assess', ...args])

/** Runs the command as a process, without holding up this one: its server runs here. */
const runProcess = async (...args: string[]) => {
  const child = spawn(process.execPath, [launcher, 'assess', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      texts[name] += piece
    })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, ...texts }
}

/** Two requests a second over 25 hours, twice as many at noon. */
const requests = Array.from({ length: 25 * 60 }, (_, minute) => {
  const isNoon = Math.floor(minute / 60) % 24 === 12
  return Array.from({ length: isNoon ? 4 : 2 }, (_, i) => ({
    timestamp: new Date(Date.UTC(2026, 2, 1) + minute * 60_000 + i * 250).toISOString(),
    provider: 'openai',
    model: 'gpt-4o-mini',
    prompt_tokens: 1000,
    completion_tokens: 100,
    prompt_hash: `h${minute % 750}-${i}`,
  }))
}).flat()
const log = path('requests.jsonl.gz')
writeFileSync(log, gzipSync(`${requests.map((row) => JSON.stringify(row)).join('\n')}\nbroken line\n`))

const requirements = (scale: object) => ({
  version: 1,
  name: 'from-traffic',
  useCase: { kind: 'chat', description: 'A chat.' },
  performance: { targets: [] },
  scale,
})

describe('assess --from', { timeout: 120_000 }, () => {
  it('writes a scale section that requirements.yaml accepts, and never over a file', async () => {
    const output = path('scale.yaml')
    const { status, stdout } = await runProcess('--from', log, '--write', output, '--json')
    expect(status).toBe(0)
    const { traffic, scale, written } = JSON.parse(stdout)
    expect(written).toBe(output)
    expect(scale.missing).toEqual([])
    expect(traffic).toMatchObject({
      format: 'request-log',
      requests: 25 * 120 + 120,
      broken: { count: 1, first: [{ line: 3121, reason: 'not-json' }] },
    })
    const yaml = readFileSync(output, 'utf8')
    expect(yaml).toBe(scale.yaml)
    expect(yaml).toContain('# sharedPrefixTokens: not in this file')
    expect(yaml).not.toContain(directory)
    const { scale: _, ...rest } = requirements({})
    const parsed = parseRequirements(`${stringify(rest)}${yaml}`, 'requirements.yaml')
    expect(parsed.scale).toMatchObject({
      peakRequestsPerSecond: Number((4 / 60).toPrecision(4)),
      lengths: { inputTokens: { p50: 1000, p95: 1000 }, outputTokens: { p50: 100 }, sharedPrefixTokens: 0 },
      timeZone: 'UTC',
    })
    expect(parsed.scale.dailyCurve?.[12]).toBe(1)
    expect(parsed.scale.dailyCurve?.[3]).toBeCloseTo(0.5, 1)
    expect((await run('--from', log, '--write', output)).status).toBe(2)
    expect(readFileSync(output, 'utf8')).toBe(yaml)
  })

  it('beside requirements ends with 1 where the two contradict, in both languages', async () => {
    const file = path('requirements.yaml')
    const lengths = { inputTokens: { p50: 400, p95: 1000 }, outputTokens: { p50: 100, p95: 110 } }
    writeFileSync(file, stringify(requirements({ peakRequestsPerSecond: 0.05, lengths, repeatedShare: 0.5 })))
    const { status, stdout } = await run(file, '--from', log)
    expect(status).toBe(1)
    expect(stdout).toContain('the requirements state a peak of 0.05')
    expect(stdout).toContain('1,000 tokens were measured where 400 are stated (+150 %)')
    expect(stdout).toContain('1 line could not be used (1 no JSON object): 3121')
    const chinese = await runCommand(['assess', file, '--from', log], 'zh-TW')
    expect(chinese.status).toBe(1)
    expect(chinese.stdout).toContain('需求所述尖峰為 0.05')
    expect(chinese.stdout).not.toContain('not in this file')
  })

  it('what is no traffic ends with 2, the formats and the first fields', async () => {
    const file = path('other.csv')
    writeFileSync(file, 'colour,size\nred,3\n')
    const { status, stdout, stderr } = await run('--from', file, '--json')
    expect(status).toBe(2)
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'traffic.unknown-format',
      params: { keys: ['colour', 'size'] },
    })
    expect(stderr).toContain('vllm-metrics')
    expect((await run('--from', path('nowhere'))).stderr).toContain('was not found')
    expect((await run('--write', path('x'))).status).toBe(2)
    expect(existsSync(path('x'))).toBe(false)
  })

  it('reads the metrics of a server twice', async () => {
    const startSeconds = Date.now() / 1000 - 1000
    let scrapes = 0
    const server = createServer((_, response) => {
      scrapes++
      const histogram = (name: string) =>
        ['100', '+Inf'].map((le) => `${name}_bucket{le="${le}"} 500\n`).join('') +
        `${name}_sum 25000\n${name}_count 500\n`
      response.end(
        `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${startSeconds}\n` +
          `vllm:request_success_total{finished_reason="stop"} ${500 + scrapes * 10}\n` +
          histogram('vllm:request_prompt_tokens') +
          histogram('vllm:request_generation_tokens'),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const { status, stdout } = await runProcess(
        '--from',
        `http://user:secret@127.0.0.1:${port}/metrics?token=secret`,
        '--interval',
        '0.2',
        '--json',
      )
      expect([status, scrapes]).toEqual([0, 2])
      const { traffic, scale } = JSON.parse(stdout)
      expect(traffic.rate.now.requestsPerSecond * traffic.rate.now.seconds).toBeCloseTo(10, 6)
      expect(traffic.rate.meanPerSecond).toBeGreaterThan(0.3)
      expect(traffic.rate.meanPerSecond).toBeLessThan(0.53)
      expect(traffic.inputTokens).toMatchObject({ mean: 50, p50: 50, bounds: { p50: [0, 100] } })
      expect(scale.missing).toEqual(['scale.peakRequestsPerSecond'])
      expect(scale.yaml).not.toContain('secret')
    } finally {
      server.close()
    }
  })
})
