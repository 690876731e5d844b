// A client that keeps a number of requests in flight against an engine and times each as its user would: prompts and
// answers of lengths drawn uniformly, prompts all different, so that no cache answers.

import { createRandom } from '../../src/core/index.js'
import { quantile } from '../../src/stats/index.js'

export interface ClientRun {
  readonly url: string
  readonly model: string
  readonly concurrency: number
  /** Shortest and longest. */
  readonly inputTokens: readonly [number, number]
  readonly outputTokens: readonly [number, number]
  readonly seed: string
  /** Token ids that prompts are drawn from: from, up to and without. */
  readonly vocabulary: readonly [number, number]
  readonly leastSeconds: number
  readonly mostSeconds: number
  readonly leastRequests: number
}

interface Timed {
  readonly order: number
  readonly endMs: number
  readonly ttftMs: number
  readonly tpotMs: number
  readonly e2eMs: number
  readonly outputTokens: number
}

export interface Measured {
  readonly requests: number
  readonly seconds: number
  readonly ttftMs: Percentiles
  readonly tpotMs: Percentiles
  readonly e2eMs: Percentiles
  readonly outputTokensPerSecond: number
}

export interface Percentiles {
  readonly mean: number
  readonly p50: number
  readonly p95: number
}

/** The first two requests of each client are not counted: they begin together. */
const warmUp = 2

/** Runs for `leastSeconds` and until so many requests are measured, but not beyond `mostSeconds`. */
export const runClient = async (run: ClientRun): Promise<Measured> => {
  const random = createRandom(run.seed)
  const startMs = performance.now()
  const done: Timed[] = []
  const skipped = warmUp * run.concurrency
  let sent = 0
  const wantsMore = () => {
    const seconds = (performance.now() - startMs) / 1000
    const enough = done.length - skipped >= run.leastRequests && seconds >= run.leastSeconds
    return seconds < run.mostSeconds && !enough
  }
  const between = ([from, to]: readonly [number, number]) => from + random.integer(to - from + 1)
  const client = async () => {
    while (wantsMore()) {
      const order = sent++
      const prompt = Array.from(
        { length: between(run.inputTokens) },
        () => run.vocabulary[0] + random.integer(run.vocabulary[1] - run.vocabulary[0]),
      )
      done.push({ order, ...(await time(run, prompt, between(run.outputTokens))) })
    }
  }
  await Promise.all(Array.from({ length: run.concurrency }, client))
  return summarise(done, skipped)
}

const time = async (
  { url, model }: ClientRun,
  prompt: readonly number[],
  outputTokens: number,
): Promise<Omit<Timed, 'order'>> => {
  const startMs = performance.now()
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      prompt,
      max_tokens: outputTokens,
      min_tokens: outputTokens,
      ignore_eos: true,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    }),
  })
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`)
  let firstMs = 0
  let lastMs = 0
  let counted = 0
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body) {
    const nowMs = performance.now()
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue
      const event = JSON.parse(line.slice(6)) as {
        choices: unknown[]
        usage?: { completion_tokens: number } | null
      }
      if (event.choices.length > 0) {
        firstMs ||= nowMs
        lastMs = nowMs
      }
      counted = event.usage?.completion_tokens ?? counted
    }
  }
  if (counted !== outputTokens) throw new Error(`Asked for ${outputTokens} tokens, got ${counted}`)
  return {
    endMs: lastMs,
    ttftMs: firstMs - startMs,
    tpotMs: (lastMs - firstMs) / (counted - 1),
    e2eMs: lastMs - startMs,
    outputTokens: counted,
  }
}

const summarise = (done: readonly Timed[], skipped: number): Measured => {
  const measured = done.filter(({ order }) => order >= skipped)
  const ends = done.map(({ endMs }) => endMs).sort((a, b) => a - b)
  // Tokens of the answers that ended after the warm-up, over the time they ended in.
  const fromMs = ends[skipped - 1] ?? 0
  // The last answers end with fewer and fewer beside them.
  const untilMs = ends.at(-skipped / warmUp) ?? 0
  const within = done.filter(({ endMs }) => endMs > fromMs && endMs <= untilMs)
  const tokens = within.reduce((sum, { outputTokens }) => sum + outputTokens, 0)
  const seconds = (untilMs - fromMs) / 1000
  const percentiles = (of: (timed: Timed) => number): Percentiles => {
    const values = measured.map(of)
    return {
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      p50: quantile(values, 0.5),
      p95: quantile(values, 0.95),
    }
  }
  return {
    requests: measured.length,
    seconds,
    ttftMs: percentiles(({ ttftMs }) => ttftMs),
    tpotMs: percentiles(({ tpotMs }) => tpotMs),
    e2eMs: percentiles(({ e2eMs }) => e2eMs),
    outputTokensPerSecond: tokens / seconds,
  }
}
