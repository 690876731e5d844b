// What the backends behind Triton's generate extension call things. Data, so that a further backend is a further row.

import type { ChatRequest } from '../contract.js'
import { listOf, numberOf, stringOf } from '../wire/fields.js'

/** What a request is made of, whatever the backend calls it. */
export interface GenerateInputs {
  readonly prompt: string
  readonly stream: boolean
  readonly stop: readonly string[]
  readonly request: ChatRequest
}

export interface TritonDialect {
  inputs(inputs: GenerateInputs): Readonly<Record<string, unknown>>
  /** Whether a stream without a finish that ends cleanly is complete: the backend has no word for the finish. */
  readonly endIsFinish: boolean
}

export type TritonDialectName = 'vllm' | 'tensorrt-llm'

/** Sampling settings of other dialects that both backends know by these names. */
const sharedExtras = [
  'top_k',
  'min_p',
  'repetition_penalty',
  'presence_penalty',
  'frequency_penalty',
  'length_penalty',
] as const

const extrasOf = ({ extra }: ChatRequest) =>
  Object.fromEntries(
    sharedExtras.flatMap((name) => {
      const value = numberOf(extra[name])
      return value === undefined ? [] : [[name, value]]
    }),
  )

const defined = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** How a backend calls the settings whose names differ. */
interface SettingNames {
  readonly seed: string
  readonly stop: string
}

const samplingOf = ({ request, stop }: GenerateInputs, names: SettingNames) => ({
  ...extrasOf(request),
  ...defined({
    max_tokens: request.maxOutputTokens ?? defaultMaxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    [names.seed]: request.seed,
    [names.stop]: stop.length > 0 ? stop : undefined,
  }),
})

const textOf = ({ prompt, stream }: GenerateInputs) => ({
  text_input: prompt,
  stream,
  exclude_input_in_output: true,
})

export const tritonDialects: Readonly<Record<TritonDialectName, TritonDialect>> = {
  /** vllm_backend's README, "Sending your first inference" and "Additional outputs": sampling is JSON in one tensor. */
  vllm: {
    inputs: (inputs) => ({
      ...textOf(inputs),
      sampling_parameters: JSON.stringify(samplingOf(inputs, { seed: 'seed', stop: 'stop' })),
      return_finish_reason: true,
      return_num_input_tokens: true,
      return_num_output_tokens: true,
    }),
    endIsFinish: false,
  },
  /** tensorrtllm_backend's docs/model_config.md, "Common inputs": one tensor for each setting, and no finish. */
  'tensorrt-llm': {
    inputs: (inputs) => ({
      ...textOf(inputs),
      ...samplingOf(inputs, { seed: 'random_seed', stop: 'stop_words' }),
    }),
    endIsFinish: true,
  },
}

/** For requests without a limit: TensorRT-LLM requires one, and vLLM's own is 16. */
const defaultMaxTokens = 1024

/** One response of the server, in our words. */
export interface GenerateOutput {
  readonly text: string
  readonly finish: string | undefined
  readonly inputTokens: number | undefined
  /** Tokens of this response alone. */
  readonly outputTokens: number | undefined
}

/** @returns undefined for what is no response of the generate extension */
export const readOutput = (fields: Readonly<Record<string, unknown>>): GenerateOutput | undefined => {
  const { text_output: text, finish_reason: finish } = fields
  const isText = typeof text === 'string' || (Array.isArray(text) && text.every((t) => typeof t === 'string'))
  if (!isText) return undefined
  return {
    text: [text].flat().join(''),
    finish: finishOf(finish),
    inputTokens: countOf(fields.num_input_tokens),
    outputTokens: countOf(fields.num_output_tokens),
  }
}

/** A tensor of one element comes as its element, by some servers as a list of one. */
const first = (value: unknown): unknown => (Array.isArray(value) ? listOf(value)[0] : value)

const countOf = (value: unknown) => numberOf(first(value))

const finishOf = (value: unknown): string | undefined => {
  const reason = stringOf(first(value))
  return reason === undefined || unfinished.has(reason) ? undefined : (finishNames.get(reason) ?? reason)
}

/** `None` is how vLLM's backend writes that there is none yet. */
const unfinished: ReadonlySet<string> = new Set(['', 'None', 'not_finished'])

const finishNames: ReadonlyMap<string, string> = new Map([
  ['end_id', 'stop'],
  ['stop_words', 'stop'],
])
