// What the log is told of an attempt that failed: a stack where something is broken, one line where the request is.

import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { type ArchitectError, noUsage, systemClock } from '../core/index.js'
import { llmError } from '../llm/index.js'
import { createLogger, createMetrics } from '../telemetry/index.js'
import { reportAttempt } from './attempt-report.js'

const logOf = async (error: ArchitectError): Promise<Record<string, unknown>> => {
  const stream = new PassThrough()
  const log = createLogger({ level: 'info', stream })
  const deployment = { id: 'here', provider: 'local', model: 'tiny' }
  const deps = { deployment, costUsd: () => null, metrics: createMetrics(), clock: systemClock, log }
  const attempt = { usage: noUsage, usageSource: 'none', end: 'failed', error } as const
  const timing = { firstContentMs: null, totalMs: 1 }
  reportAttempt(deps, { operation: 'chat', route: 'chat', requestId: 'req_1' }, { ...attempt, ...timing })
  log.flush()
  stream.end()
  return JSON.parse(await text(stream))
}

const status = (code: number) =>
  llmError('llm.upstream-status', {
    deployment: 'here',
    detail: 'no',
    upstreamCode: null,
    upstreamParam: null,
    upstreamType: null,
    retryAfterMs: null,
    status: code,
  })

it.each([
  llmError('llm.context-exceeded', {
    deployment: 'here',
    tokens: 900,
    contextLength: 512,
    trainedContextLength: 512,
  }),
  status(400),
])('a request that is wrong is one line without a stack: $code', async (error) => {
  const line = await logOf(error)
  expect(line).toMatchObject({ level: 'info', requestId: 'req_1', code: error.code, reason: error.message })
  expect(JSON.stringify(line)).not.toContain('stack')
})

it('an engine that fails is a warning with all that is known', async () => {
  expect(await logOf(status(500))).toMatchObject({
    level: 'warn',
    msg: 'an attempt failed',
    err: { stack: expect.stringContaining('attempt-report.test') },
  })
})
