import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ArchitectError } from '../core/index.js'
import type { Deployment } from './architecture.js'
import { parseArchitecture } from './parse-architecture.js'
import type { Problem } from './problem.js'
import { drainCapOf } from './resilience.js'

const text = (deployment = '', route = '') => `version: 1
name: test
deployments:
  - { id: main, engine: vllm, model: m, address: "http://127.0.0.1:1/v1"${deployment} }
  - { id: vectors, kind: embedding, engine: vllm, model: e, address: "http://127.0.0.1:1/v1" }
routes:
  - { name: chat, strategy: { deployment: main }${route} }
`
const problemsOf = (yaml: string): string[] => {
  try {
    parseArchitecture(yaml)
    return []
  } catch (error) {
    if (!(error instanceof ArchitectError)) throw error
    return (error.params.problems as Problem[]).map(({ path, message }) => `${path} ${message.code}`)
  }
}

describe('what an architecture says of failures', () => {
  it('has defaults that need no line', () => {
    const { deployments, routes } = parseArchitecture(text())
    expect(deployments[0]).toMatchObject({
      retry: { attempts: 2, baseDelayMs: 200, maxDelayMs: 2_000 },
      breaker: {
        consecutiveFailures: 5,
        failureRate: 0.5,
        minimumCalls: 20,
        windowMs: 30_000,
        openMs: 5_000,
      },
      limits: { concurrency: 0, queue: 100 },
    })
    expect(routes[0]).toMatchObject({ timeoutMs: 600_000 })
    expect(routes[0]?.onDisconnect).toBeUndefined()
    expect(drainCapOf({})).toEqual({ seconds: 30, tokens: 4_096 })
    expect(drainCapOf({ drainCap: { seconds: 1, tokens: 2 } })).toEqual({ seconds: 1, tokens: 2 })
  })

  it.each(['docs/resilience.md', 'docs/resilience.zh-TW.md'])('are what %s says', (file) => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8')) ?? []
    const written = parseArchitecture(`version: 1\nname: test\n${yaml}`)
    const { retry, breaker, limits, timeouts } = parseArchitecture(text()).deployments[0] as Deployment
    expect(written.deployments[0]).toMatchObject({ retry, breaker, limits, timeouts })
    expect(written.routes[0]).toMatchObject({ timeoutMs: 600_000, drainCap: drainCapOf({}) })
  })

  it.each([
    [
      'a key that is written down',
      ', apiKeys: ["sk-secret"]',
      '',
      'deployments[0].apiKeys[0] spec.bad-format',
    ],
    ['no call at all', ', retry: { attempts: 0 }', '', 'deployments[0].retry.attempts spec.out-of-range'],
    [
      'a share above one',
      ', breaker: { failureRate: 2 }',
      '',
      'deployments[0].breaker.failureRate spec.out-of-range',
    ],
    [
      'an unknown limit',
      ', limits: { concurency: 4 }',
      '',
      'deployments[0].limits.concurency spec.unknown-key',
    ],
    ['an unknown policy', '', ', onDisconnect: ignore', 'routes[0].onDisconnect spec.not-one-of'],
    ['no time', '', ', timeoutMs: 0', 'routes[0].timeoutMs spec.out-of-range'],
  ])('refuses %s', (_what, deployment, route, problem) => {
    expect(problemsOf(text(deployment, route))).toEqual([problem])
  })

  it('lets only chat drain', () => {
    const yaml = `${text()}  - { name: v, strategy: { deployment: vectors }, onDisconnect: drain, drainCap: { seconds: 1 } }\n`
    expect(problemsOf(yaml)).toEqual([
      'routes[1].onDisconnect spec.not-for-kind',
      'routes[1].drainCap spec.not-for-kind',
    ])
  })
})
