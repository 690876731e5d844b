// Measures how fast the built-in engine runs on this machine: two models without sense, of known size, in the very
// process that serves real ones. Takes a few seconds.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Log, systemClock } from '../../core/index.js'
import { type LlamaArguments, type LlamaChatProgress, type LlamaPort, sampleModel } from '../../llm/index.js'
import { fitLocalRates, type LocalRates } from '../../planner/index.js'
import { superviseChild } from '../../supervisor/index.js'
import { childEnvironment } from '../child-environment.js'
import { processEntry } from '../package-file.js'

/** 3 and 30 million weights: one that the processor's caches hold, one that they do not. */
const sizes = { small: { width: 256, layers: 4 }, large: { width: 640, layers: 6 } } as const
/** As long as a question, and long enough to tell what each further token takes. */
const shortWords = 1
const longWords = 120
/** Few: a short answer is now and then left alone by neighbours, a long one hardly ever. */
const answerTokens = 8
/** A fresh process gets faster for dozens of requests: it is measured when so many in a row have brought nothing more. */
const settledAfter = 10
const defaultRounds = 80
/** A long prompt is arithmetic, fast from the start. */
const longRounds = 3

export interface MeasureLlamaOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Requests of a kind at most. Default 80. */
  readonly mostRounds?: number
}

/** @returns rates of one thread; the best of many rounds, so that a busy neighbour does not make the machine look slower than it is */
export const measureLlama = async (options: MeasureLlamaOptions): Promise<LocalRates> => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-architect-measure-'))
  try {
    const small = await onModel('small', directory, options, (port) => measureShort(port, options))
    const large = await onModel('large', directory, options, async (port) => ({
      ...(await measureShort(port, options)),
      longPrompt: promptOf(await bestOf(longRounds, () => timeAnswer(port, longWords, options))),
    }))
    return fitLocalRates(small, large)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const onModel = async <T>(
  name: keyof typeof sizes,
  directory: string,
  options: MeasureLlamaOptions,
  measure: (port: LlamaPort) => Promise<T>,
): Promise<T & { readonly bytes: number; readonly flops: number }> => {
  const { file, bytes, flops } = sampleModel(sizes[name])
  const modelPath = join(directory, `${name}.gguf`)
  await writeFile(modelPath, file)
  const port = startLlama(modelPath, options)
  try {
    await port.ready
    return { bytes, flops, ...(await measure(port)) }
  } finally {
    await port.close()
  }
}

const measureShort = async (port: LlamaPort, options: MeasureLlamaOptions) => {
  const { mostRounds = defaultRounds } = options
  const best = await bestWhenSettled(mostRounds, () => timeAnswer(port, shortWords, options))
  return { shortPrompt: promptOf(best), tokenMs: best.tokenMs }
}

const promptOf = ({ promptTokens, firstMs }: Timed) => ({ tokens: promptTokens, ms: firstMs })

const startLlama = (modelPath: string, { environment, log, clock = systemClock }: MeasureLlamaOptions) => {
  const args: LlamaArguments = {
    deployment: 'measurement',
    modelPath,
    contextLength: 2048,
    threads: 1,
    sequences: 1,
    maxWaiting: 0,
    gpu: false,
    lora: [],
  }
  const env = childEnvironment(environment)
  return superviseChild({ name: 'measurement', entry: processEntry('llama'), args, env, clock, log })
}

interface Timed {
  /** Without those that are remembered from the prompt before. */
  readonly promptTokens: number
  readonly firstMs: number
  readonly tokenMs: number
}

type Counts = Readonly<Record<'promptTokens' | 'cachedTokens' | 'completionTokens', number>>

let asked = 0

/** Every prompt begins differently, so that none is remembered from the one before. */
const timeAnswer = async (
  port: LlamaPort,
  words: number,
  { clock = systemClock, signal }: MeasureLlamaOptions,
): Promise<Timed> => {
  const text = [String(asked++), ...Array.from({ length: words }, () => 'ab')].join('')
  const params = {
    tenant: '',
    messages: [{ role: 'user', parts: [{ type: 'text', text, source: 'user' }] }],
    maxOutputTokens: answerTokens,
    temperature: 0,
  }
  const startedMs = clock.monotonicMs()
  let firstMs: number | undefined
  const onProgress = (value: unknown) => {
    const { completionTokens } = value as LlamaChatProgress
    if (completionTokens > 0) firstMs ??= clock.monotonicMs() - startedMs
  }
  const result = await port.request<Counts>('chat', params, {
    onProgress,
    ...(signal ? { signal } : {}),
  })
  const wholeMs = clock.monotonicMs() - startedMs
  const first = firstMs ?? wholeMs
  return {
    promptTokens: result.promptTokens - result.cachedTokens,
    firstMs: first,
    tokenMs: (wholeMs - first) / Math.max(1, result.completionTokens - 1),
  }
}

const bestOf = async (times: number, run: () => Promise<Timed>): Promise<Timed> => {
  let best = await run()
  for (let i = 1; i < times; i++) best = better(best, await run())
  return best
}

const bestWhenSettled = async (mostRounds: number, run: () => Promise<Timed>): Promise<Timed> => {
  let best = await run()
  let idle = 0
  for (let i = 1; i < mostRounds && idle < settledAfter; i++) {
    const next = better(best, await run())
    idle = isFaster(next, best) ? 0 : idle + 1
    best = next
  }
  return best
}

const better = (a: Timed, b: Timed): Timed => ({
  promptTokens: Math.min(a.promptTokens, b.promptTokens),
  firstMs: Math.min(a.firstMs, b.firstMs),
  tokenMs: Math.min(a.tokenMs, b.tokenMs),
})

/** By more than the clock's own noise. */
const isFaster = (a: Timed, b: Timed) => a.firstMs < b.firstMs * 0.98 || a.tokenMs < b.tokenMs * 0.98
