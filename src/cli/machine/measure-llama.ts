// Measures how fast the built-in engine runs on this machine: two models without sense, of known size, in the very
// process that serves real ones. Takes a few seconds.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type Log, systemClock } from '../../core/index.js'
import { type LlamaArguments, type LlamaChatProgress, type LlamaPort, sampleModel } from '../../llm/index.js'
import { fitLocalRates, type LocalRates, type LocalSample } from '../../planner/index.js'
import { superviseChild } from '../../supervisor/index.js'
import { childEnvironment } from '../child-environment.js'
import { processEntry } from '../package-file.js'

/** 3 and 30 million weights: one that the processor's caches hold, one that they do not. */
const sizes = { small: { width: 256, layers: 4 }, large: { width: 640, layers: 6 } } as const
const shortWords = 8
const longWords = 240
const answerTokens = 40
const rounds = 3

export interface MeasureLlamaOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

/** @returns rates of one thread; the best of a few rounds, so that a busy neighbour does not make the machine look slower than it is */
export const measureLlama = async (options: MeasureLlamaOptions): Promise<LocalRates> => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-architect-measure-'))
  try {
    const small = await measureModel('small', directory, options)
    return fitLocalRates(small, await measureModel('large', directory, options))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const measureModel = async (
  name: keyof typeof sizes,
  directory: string,
  options: MeasureLlamaOptions,
): Promise<LocalSample> => {
  const { file, bytes, flops } = sampleModel(sizes[name])
  const modelPath = join(directory, `${name}.gguf`)
  await writeFile(modelPath, file)
  const port = startLlama(modelPath, options)
  try {
    await port.ready
    const run = (words: number) => bestOf(rounds, () => timeAnswer(port, words, options))
    const [shortRun, longRun] = [await run(shortWords), await run(longWords)]
    return {
      bytes,
      flops,
      shortPrompt: { tokens: shortRun.promptTokens, ms: shortRun.firstMs },
      longPrompt: { tokens: longRun.promptTokens, ms: longRun.firstMs },
      tokenMs: Math.min(shortRun.tokenMs, longRun.tokenMs),
    }
  } finally {
    await port.close()
  }
}

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
  readonly promptTokens: number
  readonly firstMs: number
  readonly tokenMs: number
}

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
  const result = await port.request<{ promptTokens: number; completionTokens: number }>('chat', params, {
    onProgress,
    ...(signal ? { signal } : {}),
  })
  const wholeMs = clock.monotonicMs() - startedMs
  const first = firstMs ?? wholeMs
  return {
    promptTokens: result.promptTokens,
    firstMs: first,
    tokenMs: (wholeMs - first) / Math.max(1, result.completionTokens - 1),
  }
}

const bestOf = async (times: number, run: () => Promise<Timed>): Promise<Timed> => {
  const runs: Timed[] = []
  for (let i = 0; i < times; i++) runs.push(await run())
  const least = (of: (timed: Timed) => number) => Math.min(...runs.map(of))
  return {
    promptTokens: least(({ promptTokens }) => promptTokens),
    firstMs: least(({ firstMs }) => firstMs),
    tokenMs: least(({ tokenMs }) => tokenMs),
  }
}
