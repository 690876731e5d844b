// Runs the fuzz: so many bodies on every endpoint, and so many streams cut anywhere. Whatever arrives is answered or
// refused, soon, and never as a failure of ours; a stream says the same however it was cut.

import { Pool } from 'undici'
import { createRandom, type Random } from '../../src/core/index.js'
import { createSseParser } from '../../src/llm/index.js'
import { type FuzzEndpoint, fuzzEndpoints } from './endpoints.js'
import { recordingsOf, streamMark, upstreamDialects } from './fuzz-upstream.js'
import { fuzzedBody } from './mutate.js'

/** Nothing that is asked takes longer: what does hangs. */
const patienceMs = 20_000
const atOnce = 8

export interface EndpointResult {
  readonly path: string
  readonly sent: number
  readonly statuses: Readonly<Record<number, number>>
  /** Answers that are failures of ours, or none. */
  readonly wrong: readonly string[]
}

type Target = { readonly url: string }
interface Answered {
  readonly status: number
  readonly text: string
}

const createAsk =
  (pool: Pool) =>
  async (path: string, body: Buffer | string, headers = {}): Promise<Answered> => {
    const response = await pool.request({
      method: 'POST',
      path,
      body,
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(patienceMs),
    })
    return { status: response.statusCode, text: await response.body.text() }
  }
type Ask = ReturnType<typeof createAsk>

const withPool = async <T>({ url }: Target, run: (ask: Ask) => Promise<T>): Promise<T> => {
  const pool = new Pool(url, { connections: atOnce * 2 })
  try {
    return await run(createAsk(pool))
  } finally {
    await pool.destroy()
  }
}

/** A failure of ours; 501 says that something is not offered. */
const isOurs = (status: number) => status >= 500 && status !== 501

/** Calls `one` for 0 to `count` - 1, a few at once. */
const inParallel = async (count: number, one: (index: number) => Promise<void>): Promise<void> => {
  let next = 0
  const work = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Good bodies of every endpoint, as they are. @returns those that are not answered as they should be */
export const tryGoodBodies = (target: Target): Promise<readonly string[]> =>
  withPool(target, async (ask) => {
    const wrong: string[] = []
    for (const { path, good, headers, onlyRefuses } of fuzzEndpoints)
      for (const body of good) {
        const { status, text } = await ask(path, JSON.stringify(body), headers)
        const isRight = onlyRefuses ? status >= 400 && !isOurs(status) : status < 300
        if (!isRight)
          wrong.push(`${path} ${status} ${text.slice(0, 300)} for ${JSON.stringify(body).slice(0, 300)}`)
      }
    return wrong
  })

export const fuzzBodies = (
  target: Target,
  { each, seed }: { readonly each: number; readonly seed: string },
): Promise<readonly EndpointResult[]> =>
  withPool(target, async (ask) => {
    const results: EndpointResult[] = []
    for (const endpoint of fuzzEndpoints) results.push(await fuzzEndpoint(ask, endpoint, each, seed))
    return results
  })

const fuzzEndpoint = async (
  ask: Ask,
  { path, good, headers }: FuzzEndpoint,
  each: number,
  seed: string,
): Promise<EndpointResult> => {
  const statuses: Record<number, number> = {}
  const wrong: string[] = []
  await inParallel(each, async (i) => {
    const body = fuzzedBody(createRandom(`${seed} ${path} ${i}`), good)
    const complain = (what: string) =>
      wrong.push(`${path}, body ${i}: ${what} for ${body.toString('latin1').slice(0, 500)}`)
    try {
      const { status, text } = await ask(path, body, headers)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (isOurs(status)) complain(`${status} ${text.slice(0, 300)}`)
    } catch (error) {
      complain(String(error))
    }
  })
  return { path, sent: each, statuses, wrong: wrong.slice(0, 5) }
}

interface StreamCase {
  readonly path: string
  readonly body: (text: string) => object
  readonly headers?: Readonly<Record<string, string>>
}

const streamed = { stream: true }
const clients: readonly ((model: string) => StreamCase)[] = [
  (model) => ({
    path: '/v1/chat/completions',
    body: (content) => ({
      model,
      messages: [{ role: 'user', content }],
      ...streamed,
      stream_options: { include_usage: true },
    }),
  }),
  (model) => ({
    path: '/v1/messages',
    body: (content) => ({ model, max_tokens: 64, messages: [{ role: 'user', content }], ...streamed }),
    headers: { 'anthropic-version': '2023-06-01' },
  }),
  (model) => ({ path: '/v1/responses', body: (input) => ({ model, input, store: false, ...streamed }) }),
  (model) => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
  }),
]

export interface StreamsResult {
  readonly streams: number
  /** Pairs of a client's dialect and a recording. */
  readonly pairs: number
  readonly differing: readonly string[]
}

/** Streams of recordings cut by chance, each against the same stream in one piece. */
export const fuzzStreams = (
  target: Target,
  { count, seed }: { readonly count: number; readonly seed: string },
): Promise<StreamsResult> =>
  withPool(target, async (ask) => {
    const wholes = new Map<string, Promise<string>>()
    const differing: string[] = []
    const say = async ({ path, body, headers }: StreamCase, mark: string) => {
      const { status, text } = await ask(path, JSON.stringify(body(mark)), headers)
      if (path === '/v1/responses' && !isNumbered(text))
        return `numbers that are not 0, 1, 2 and so on: ${text}`
      const isPlain = path.includes('plain-') || JSON.stringify(body('')).includes('plain-')
      return `${status} ${isPlain ? eventsOf(text) : saidIn(text)}`
    }
    await inParallel(count, async (i) => {
      const random = createRandom(`${seed} ${i}`)
      const { stream, recording } = pickCase(random)
      const key = `${stream.path} ${recording} ${JSON.stringify(stream.body(''))}`
      const whole = wholes.get(key) ?? say(stream, streamMark(recording, null))
      wholes.set(key, whole)
      const found = await say(stream, streamMark(recording, `${seed}-${i}`)).catch(String)
      if (found !== (await whole) || found.startsWith('numbers'))
        differing.push(`stream ${i} (${key}): ${firstDifference(await whole, found)}`)
    })
    return { streams: count, pairs: wholes.size, differing }
  })

const firstDifference = (one: string, other: string): string => {
  let at = 0
  while (one[at] === other[at] && at < one.length) at++
  const from = Math.max(0, at - 80)
  return `in one piece ...${one.slice(from, at + 160)}\ncut ...${other.slice(from, at + 160)}`
}

const pickCase = (random: Random) => {
  const dialect = random.pick(upstreamDialects)
  const recording = random.pick(recordingsOf(dialect))
  const model = random.next() < 0.5 ? dialect : `plain-${dialect}`
  return { stream: random.pick(clients)(model), recording }
}

const isNumbered = (text: string): boolean =>
  createSseParser()
    .push(Buffer.from(text))
    .every(({ data }, i) => data === '[DONE]' || JSON.parse(data).sequence_number === i)

/** The events without what differs from call to call. */
const eventsOf = (text: string): string =>
  createSseParser()
    .push(Buffer.from(text))
    .map(({ event, data }) => `${event} ${data}`)
    .join('\n')
    .replace(/_[0-9a-z]{26}/g, '_id')
    .replace(/"(created|created_at|completed_at)":\d+/g, '"$1":0')

/** All texts by choice and name: guards move where one piece ends and the next begins, and say the same. */
const saidIn = (text: string): string => {
  const said = new Map<string, string>()
  const add = (value: unknown, name: string, choice = 0): void => {
    // Servers of chat completions have two names for reasoning, and a copy of it that goes when it is edited.
    const key = `${choice} ${name === 'reasoning' ? 'reasoning_content' : name}`
    if (typeof value === 'string') said.set(key, (said.get(key) ?? '') + value)
    else if (name === 'reasoning_details') return
    else if (value && typeof value === 'object') {
      const of = 'index' in value ? Number(value.index) : choice
      for (const [field, inner] of Object.entries(value)) add(inner, Array.isArray(value) ? name : field, of)
    }
  }
  for (const { data } of createSseParser().push(Buffer.from(text))) {
    if (data === '[DONE]') add('done', 'end')
    else add(JSON.parse(data), '')
  }
  return [...said]
    .filter(([name]) => /content|text$|refusal|delta|thinking|partial_json|arguments|finish|end/i.test(name))
    .map(([name, text]) => `${name}: ${text}`)
    .sort()
    .join('\n')
}
