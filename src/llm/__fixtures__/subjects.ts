// The engines that have to keep the contract, each told by the same scenario what to do: those that speak HTTP
// through a server that plays it on a socket, the scripted one directly.

import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ArchitectError, systemClock } from '../../core/index.js'
import type { ChatModel } from '../contract.js'
import { createAiSdkModel } from '../engines/ai-sdk.js'
import { createAnthropicMessagesModel } from '../engines/anthropic-messages.js'
import { createGeminiModel } from '../engines/gemini.js'
import type { HttpChatModel, HttpModelOptions } from '../engines/http-chat-model.js'
import { createLocalModel } from '../engines/local.js'
import type { LlamaPort } from '../engines/local-port.js'
import { createOpenAiCompatibleModel } from '../engines/openai-compatible.js'
import { createOpenAiResponsesModel } from '../engines/openai-responses.js'
import { createScriptedModel } from '../engines/scripted.js'
import type { ScriptedAnswer } from '../engines/scripted-answer.js'
import { createTritonGenerateModel } from '../engines/triton-generate.js'
import { estimateTokens } from '../estimate-tokens.js'
import type { LlamaChatProgress } from '../local/protocol.js'
import { playAnthropic } from './anthropic-server.js'
import { chunk, done, usageChunk } from './chunks.js'
import { startFakeUpstream, type UpstreamConnection } from './fake-upstream.js'
import { playGemini } from './gemini-server.js'
import { createFakeProviderModel, playProvider } from './provider-model.js'
import { playResponses } from './responses-server.js'
import type { Scenario } from './scenario.js'
import { playTriton } from './triton-server.js'

export interface Subject {
  readonly name: string
  readonly model: ChatModel
  play(scenario: Scenario): void
  close(): Promise<void>
}

export const deployment = {
  id: 'small',
  model: 'tiny-1',
  quirks: {},
  timeouts: { connectMs: 5_000, firstContentMs: 60_000, idleMs: 60_000 },
} as const

export const facts = { contextLength: 8192, tools: true, vision: false, languages: [], priceKey: 'tiny-1' }

interface HttpServer {
  readonly create: (options: HttpModelOptions) => HttpChatModel
  readonly play: (connection: UpstreamConnection, scenario: Scenario) => unknown
}

/** Starts an engine that speaks HTTP, with a server that plays scenarios in its protocol. */
const httpSubject =
  (name: string, { create, play }: HttpServer) =>
  async (): Promise<Subject> => {
    const upstream = await startFakeUpstream()
    const model = create({
      deployment: { ...deployment, address: upstream.address },
      facts,
      clock: systemClock,
    })
    return {
      name,
      model,
      play: (scenario) => upstream.behave(async (connection) => void (await play(connection, scenario))),
      close: async () => {
        await upstream.close()
        await model.close()
      },
    }
  }

const playOnSocket = async (connection: UpstreamConnection, scenario: Scenario) => {
  if (scenario.isDown) {
    connection.json({ error: { message: 'down', type: 'server_error', code: null } }, 503)
    return
  }
  if (!JSON.parse(connection.request.body).stream) {
    connection.json(await wholeAnswer(scenario))
    return
  }
  connection.head()
  await connection.chunk(chunk({ role: 'assistant', content: '' }))
  for (const [piece, text] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) return
    await scenario.gate?.(piece)
    if (scenario.diesAfter === piece) return connection.reset()
    if (scenario.endsAfter === piece || text === undefined) break
    await connection.chunk(chunk({ content: text }))
  }
  if (scenario.endsAfter === undefined) {
    await connection.chunk(chunk({}, scenario.finish ?? 'stop'))
    if (scenario.usage) await connection.chunk(usageChunk(scenario.usage.input, scenario.usage.output))
    await connection.chunk(done)
  }
  connection.end()
}

const wholeAnswer = async (scenario: Scenario) => {
  for (const piece of scenario.pieces.keys()) await scenario.gate?.(piece)
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'tiny-1',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: scenario.pieces.join(''), refusal: null },
        logprobs: null,
        finish_reason: scenario.finish ?? 'stop',
      },
    ],
    ...(scenario.usage && {
      usage: {
        prompt_tokens: scenario.usage.input,
        completion_tokens: scenario.usage.output,
        total_tokens: scenario.usage.input + scenario.usage.output,
      },
    }),
  }
}

const startProviderSubject = async (): Promise<Subject> => {
  let scenario: Scenario = { pieces: [] }
  const model = createAiSdkModel({
    deployment,
    facts,
    model: createFakeProviderModel(() => playProvider(scenario)),
    clock: systemClock,
  })
  return {
    name: 'ai-sdk',
    model,
    play: (next) => {
      scenario = next
    },
    close: () => model.close(),
  }
}

/**
 * Providers that people install, each before the server that the engine for its protocol is tested with. Not the one
 * for Anthropic: it reads no stream without usage, which every server here leaves out when it is told to.
 */
const installed = {
  'openai-compatible': (baseURL: string, model: string) =>
    createOpenAICompatible({ name: 'compatible', baseURL, includeUsage: true }).chatModel(model),
  openai: (baseURL: string, model: string) => createOpenAI({ baseURL, apiKey }).responses(model),
  google: (baseURL: string, model: string) => createGoogleGenerativeAI({ baseURL, apiKey })(model),
}
const apiKey = 'sk-0123456789'

const installedSubject = (name: keyof typeof installed, play: HttpServer['play']) =>
  httpSubject(`ai-sdk, ${name}`, {
    create: ({ deployment, facts, clock }) =>
      createAiSdkModel({
        deployment,
        facts,
        clock,
        model: installed[name](deployment.address ?? '', deployment.model),
      }),
    play,
  })

const startScriptedSubject = async (): Promise<Subject> => {
  let scenario: Scenario = { pieces: [] }
  // The gate stands in for the clock: piece by piece, in the order in which the model asks for time.
  const model = createScriptedModel({
    id: deployment.id,
    script: () => scriptOf(scenario),
    clock: {
      ...systemClock,
      sleep: (piece, signal) =>
        Promise.race([scenario.gate?.(piece - 1) ?? Promise.resolve(), rejectOnAbort(signal)]),
    },
  })
  return {
    name: 'scripted',
    model,
    play: (next) => {
      scenario = next
    },
    close: async () => {},
  }
}

const rejectOnAbort = (signal: AbortSignal | undefined) =>
  new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

const scriptOf = (scenario: Scenario): ScriptedAnswer => ({
  text: scenario.pieces,
  firstContentMs: 1,
  betweenMs: 2,
  ...(scenario.finish !== undefined && { finish: scenario.finish }),
  ...(scenario.isDown && { failBefore: new ArchitectError('test.down', {}, 'down', { retryable: true }) }),
  ...(scenario.diesAfter !== undefined && {
    failAfter: { pieces: scenario.diesAfter, error: new ArchitectError('test.died', {}, 'died') },
  }),
  ...(scenario.endsAfter !== undefined && { endAfter: scenario.endsAfter }),
  ...(scenario.stallsAfter !== undefined && { stallAfter: scenario.stallsAfter }),
  ...(scenario.usage && {
    usage: {
      input: { total: scenario.usage.input, cacheRead: 0, cacheWrite: 0 },
      output: { total: scenario.usage.output, reasoning: 0 },
    },
  }),
})

const startLocalSubject = async (): Promise<Subject> => {
  let scenario: Scenario = { pieces: [] }
  const model = createLocalModel({
    deployment,
    facts,
    clock: systemClock,
    temperature: 1,
    port: {
      ready: Promise.resolve(),
      request: async <T>(method: string, _params: unknown, options: PortOptions = {}) =>
        (method === 'chat' ? playInProcess(scenario, options) : { contextLength: 8192, canChat: true }) as T,
      close: async () => {},
    },
  })
  return {
    name: 'local',
    model,
    play: (next) => {
      scenario = next
    },
    close: () => model.close(),
  }
}

type PortOptions = NonNullable<Parameters<LlamaPort['request']>[2]>

const playInProcess = async (scenario: Scenario, { signal, onProgress }: PortOptions) => {
  const cancelled = rejectOnAbort(signal)
  cancelled.catch(() => {})
  if (scenario.isDown) throw processAway('supervisor.child-away')
  const promptTokens = scenario.usage?.input ?? 10
  let text = ''
  const tell = (said: readonly string[]) =>
    onProgress?.({
      promptTokens,
      cachedTokens: 0,
      completionTokens: estimateTokens(text),
      said: said.map((piece) => ({ type: 'text', text: piece })),
    } satisfies LlamaChatProgress)
  tell([])
  for (const [piece, said] of [...scenario.pieces, undefined].entries()) {
    if (scenario.stallsAfter === piece) await cancelled
    await Promise.race([scenario.gate?.(piece), cancelled])
    if (scenario.diesAfter === piece) throw processAway('supervisor.child-crashed')
    if (scenario.endsAfter === piece) return {}
    if (said === undefined) break
    text += said
    tell([said])
  }
  return {
    finish: scenario.finish ?? 'stop',
    ...(scenario.usage && { promptTokens, cachedTokens: 0, completionTokens: scenario.usage.output }),
  }
}

const processAway = (code: string) =>
  new ArchitectError(code, { name: 'llama', detail: 'signal SIGKILL' }, 'gone', { retryable: true })

export const startSubjects = {
  'openai-compatible': httpSubject('openai-compatible', {
    create: createOpenAiCompatibleModel,
    play: playOnSocket,
  }),
  'openai-responses': httpSubject('openai-responses', {
    create: createOpenAiResponsesModel,
    play: playResponses,
  }),
  'anthropic-messages': httpSubject('anthropic-messages', {
    create: createAnthropicMessagesModel,
    play: playAnthropic,
  }),
  gemini: httpSubject('gemini', { create: createGeminiModel, play: playGemini }),
  'triton-generate': httpSubject('triton-generate', {
    create: createTritonGenerateModel,
    play: playTriton,
  }),
  'ai-sdk': startProviderSubject,
  'ai-sdk, openai-compatible': installedSubject('openai-compatible', playOnSocket),
  'ai-sdk, openai': installedSubject('openai', playResponses),
  'ai-sdk, google': installedSubject('google', playGemini),
  scripted: startScriptedSubject,
  local: startLocalSubject,
} as const
