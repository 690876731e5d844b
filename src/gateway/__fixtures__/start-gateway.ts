// A gateway before an upstream, or two, that behave as a test tells them, with everything closed by one call.

import { startTestGateway, type TestGateway, type TestOptions } from './harness.js'
import { startUpstream, type Upstream, type UpstreamCall } from './upstream.js'

const opened: { close(): Promise<void> }[] = []
/** Closes what `start` has opened. */
export const closeAll = async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
}

export type Behaviour = (call: UpstreamCall, index: number) => void | Promise<void>

export interface Setting {
  readonly deployment?: object
  readonly route?: object
  readonly keys?: readonly string[]
  readonly options?: TestOptions
  /** What a second deployment does, tried after the first. */
  readonly second?: Behaviour
}

const patient = { firstContentMs: 10_000, idleMs: 10_000 }

export const start = async (
  behave: Behaviour,
  { deployment = {}, route = {}, keys = [], options = {}, second }: Setting = {},
): Promise<{ gateway: TestGateway; upstream: Upstream }> => {
  const upstream = await startUpstream(behave)
  opened.push(upstream)
  const models = { main: upstream.model('main', keys[0], patient) }
  const other = second && (await startUpstream(second))
  if (other) opened.push(other)
  const others = keys.slice(1).map((key) => upstream.model('main', key, patient))
  const places = keys.map((key, i) => ({ name: `env:KEY_${i + 1}`, fingerprint: key }))
  const ids = other ? ['main', 'second'] : ['main']
  const gateway = await startTestGateway({
    architecture: {
      deployments: ids.map((id) => ({ id, engine: 'openai-compatible', model: id, ...deployment })),
      routes: [{ name: 'chat', strategy: { fallback: ids.map((id) => ({ deployment: id })) }, ...route }],
    },
    models: other ? { ...models, second: other.model('second') } : models,
    ...(keys.length > 0 && { keys: { chat: new Map([['main', { others, places }]]) } }),
    ...options,
  })
  opened.push(gateway)
  return { gateway, upstream }
}

/** The attempts, once so many are settled. */
export const settled = async (gateway: TestGateway, count: number) => {
  for (let i = 0; i < 2_000; i++) {
    if (gateway.ledger.attempts.filter((attempt) => attempt.settled).length >= count) break
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return gateway.ledger.attempts
}
export const until = async (isDone: () => boolean) => {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve))
}
export const errorOf = async (response: Response) =>
  ((await response.json()) as { error: Record<string, unknown> & { message: string } }).error
