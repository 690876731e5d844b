// A language model as packages of the AI SDK bring it, by its own types, that says what a test tells it to and keeps
// what it was asked.

import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4Warning,
} from '@ai-sdk/provider'
import type { Scenario } from './scenario.js'

export type Piece = LanguageModelV4StreamPart

export interface FakeProviderModel extends LanguageModelV4 {
  readonly calls: readonly LanguageModelV4CallOptions[]
}

export interface ProviderBehaviour {
  /** What a streamed answer says; what it throws is the stream's failure. */
  readonly stream?: (call: LanguageModelV4CallOptions) => AsyncIterable<Piece> | Iterable<Piece>
  readonly generate?: (
    call: LanguageModelV4CallOptions,
  ) => Partial<LanguageModelV4GenerateResult> | Promise<Partial<LanguageModelV4GenerateResult>>
  readonly supportedUrls?: Record<string, RegExp[]>
  readonly headers?: Record<string, string>
}

export const usageOf = (
  input?: number,
  output?: number,
  { cacheRead, reasoning }: { cacheRead?: number; reasoning?: number } = {},
): LanguageModelV4Usage => ({
  inputTokens: { total: input, noCache: undefined, cacheRead, cacheWrite: undefined },
  outputTokens: { total: output, text: undefined, reasoning },
})

export const finishOf = (
  unified: LanguageModelV4FinishReason['unified'] = 'stop',
  usage: LanguageModelV4Usage = usageOf(),
  raw?: string,
): Extract<Piece, { type: 'finish' }> => ({ type: 'finish', finishReason: { unified, raw }, usage })

export const started = (...warnings: SharedV4Warning[]): Piece => ({ type: 'stream-start', warnings })
export const says = (delta: string): Piece => ({ type: 'text-delta', id: '0', delta })

/** @param behave asked at each call */
export const createFakeProviderModel = (behave: () => ProviderBehaviour): FakeProviderModel => {
  const calls: LanguageModelV4CallOptions[] = []
  return {
    specificationVersion: 'v4',
    provider: 'fake',
    modelId: 'fake-1',
    get supportedUrls() {
      return behave().supportedUrls ?? {}
    },
    calls,
    doGenerate: async (call) => {
      calls.push(call)
      const { generate, headers = {} } = behave()
      return {
        content: [],
        finishReason: { unified: 'stop', raw: undefined },
        usage: usageOf(),
        warnings: [],
        response: { headers },
        ...(await generate?.(call)),
      }
    },
    doStream: async (call) => {
      calls.push(call)
      const { stream, headers = {} } = behave()
      return { stream: ReadableStream.from(stream?.(call) ?? []), response: { headers } }
    },
  }
}

/** Plays a scenario as a provider does whose server it happens to. */
export const playProvider = (scenario: Scenario): ProviderBehaviour => ({
  stream: () => piecesOf(scenario),
  generate: async () => {
    if (scenario.isDown) throw apiCallError({ statusCode: 503, responseBody: '{"message":"down"}' })
    for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
    return {
      content: [{ type: 'text', text: scenario.pieces.join('') }],
      ...endOf(scenario),
    }
  },
})

async function* piecesOf(scenario: Scenario): AsyncIterable<Piece> {
  if (scenario.isDown) throw apiCallError({ statusCode: 503, responseBody: '{"message":"down"}' })
  yield started()
  yield { type: 'text-start', id: '0' }
  for (const [piece, text] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) await new Promise<never>(() => {})
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) throw Object.assign(new TypeError('terminated'), { code: 'ECONNRESET' })
    if (scenario.endsAfter === piece) return
    if (text !== undefined) yield says(text)
  }
  yield { type: 'text-end', id: '0' }
  yield { type: 'finish', ...endOf(scenario) }
}

const endOf = ({ finish = 'stop', usage }: Scenario) => ({
  finishReason: { unified: finish as 'stop' | 'length', raw: finish },
  usage: usageOf(usage?.input, usage?.output),
})

/** An error as the SDK makes them; told apart by its name, as packages of other versions are. */
export const apiCallError = (fields: {
  readonly statusCode?: number
  readonly responseBody?: string
  readonly responseHeaders?: Record<string, string>
  readonly data?: unknown
  readonly cause?: unknown
}) =>
  Object.assign(new Error('call failed'), {
    name: 'AI_APICallError',
    url: 'https://models.example/v1/chat',
    isRetryable: false,
    ...fields,
  })
