// The built-in engines, in the form in which plug-ins bring theirs.

import { resolve } from 'node:path'
import {
  createAiSdkModel,
  createAnthropicMessagesModel,
  createExtractiveModel,
  createGeminiModel,
  createLocalModel,
  createOpenAiCompatibleModel,
  createOpenAiResponsesModel,
  createTritonGenerateModel,
  createVllmTokenizer,
  type HttpChatModel,
  type HttpModelOptions,
  type LlamaArguments,
  type LocalModel,
  parseLocalOptions,
} from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { superviseChild } from '../supervisor/index.js'
import { providerEngine } from './check-providers.js'
import { childEnvironment } from './child-environment.js'
import { loadProvider } from './load-provider.js'
import { localWeightsPath } from './local-weights.js'
import { cliError } from './messages.js'
import { processEntry } from './package-file.js'
import type { EngineContext, EngineFactory } from './plugin.js'
import { tritonOptions } from './triton-options.js'

/** What an engine at an address is made from. @throws `cli.address-missing` */
const serverOf = ({ deployment, facts, apiKey, clock }: EngineContext): HttpModelOptions => {
  if (deployment.address === undefined)
    throw cliError('cli.address-missing', { deployment: deployment.id, engine: deployment.engine })
  return { deployment, facts, clock, ...(apiKey === undefined ? {} : { apiKey }) }
}

/** How each API of a server is spoken. */
const modelOf: Readonly<
  Record<NonNullable<Deployment['dialect']>, (options: HttpModelOptions) => HttpChatModel>
> = {
  'openai-chat': createOpenAiCompatibleModel,
  'openai-responses': createOpenAiResponsesModel,
  'anthropic-messages': createAnthropicMessagesModel,
  gemini: createGeminiModel,
}

const server: EngineFactory = (context) =>
  modelOf[context.deployment.dialect ?? 'openai-chat'](serverOf(context))

/** An engine that is no server of these APIs. @throws `cli.dialect-not-spoken` */
const withoutDialect =
  (factory: EngineFactory): EngineFactory =>
  (context) => {
    const { id, engine, dialect } = context.deployment
    if (dialect !== undefined) throw cliError('cli.dialect-not-spoken', { deployment: id, engine, dialect })
    return factory(context)
  }

/** vLLM tells the tokens of a text as well. */
const vllm: EngineFactory = (context) => {
  const options = serverOf(context)
  const model = modelOf[context.deployment.dialect ?? 'openai-chat'](options)
  const tokenizer = createVllmTokenizer(options)
  return {
    ...model,
    tokenizer,
    close: async () => {
      await Promise.all([model.close(), tokenizer.close()])
    },
  }
}

const tritonGenerate: EngineFactory = (context) =>
  createTritonGenerateModel({ ...serverOf(context), ...tritonOptions(context.deployment) })

/** Through a package of the AI SDK that the user's project has. */
const aiSdk: EngineFactory = async (context) => {
  const { deployment, facts, apiKey, clock } = context
  const { model, options } = await loadProvider(deployment, apiKey, context)
  return createAiSdkModel({
    deployment,
    facts,
    model,
    ...(options.providerOptions && { providerOptions: options.providerOptions }),
    secrets: [...options.secrets, ...(apiKey === undefined ? [] : [apiKey])],
    clock,
  })
}

/** llama.cpp in a process of its own, which lives as long as the model. */
export const openLocalModel = async (context: Omit<EngineContext, 'apiKey'>): Promise<LocalModel> => {
  const { deployment, facts, directory, environment, log, clock } = context
  const { temperature, ...options } = parseLocalOptions(deployment.id, deployment.options)
  const args: LlamaArguments = {
    ...options,
    deployment: deployment.id,
    modelPath: await localWeightsPath(deployment.model, context),
    contextLength: deployment.contextLength,
    ...(deployment.kind === 'rerank' && { ranks: true, sequences: 1 }),
    lora: options.lora.map(({ path, scale }) => ({ path: resolve(directory, path), scale })),
  }
  const port = superviseChild({
    name: `local model ${deployment.id}`,
    entry: processEntry('llama'),
    args,
    env: childEnvironment(environment),
    clock,
    log,
    // Gigabytes from a slow disk.
    restart: { startTimeoutMs: 600_000 },
  })
  const model = createLocalModel({ deployment, facts, port, clock, temperature })
  model.ready.then(
    () => tellContext(context, model.facts.contextLength),
    // Whoever waits for the model hears of it.
    () => {},
  )
  return model
}

/** A model is given no more context than it was trained on. */
const tellContext = ({ deployment, log }: Pick<EngineContext, 'deployment' | 'log'>, trained: number) => {
  const { id, contextLength } = deployment
  if (trained >= contextLength) return
  log.warn(
    { deployment: id, contextLength, trainedContextLength: trained },
    `contextLength is ${contextLength}, and the model was trained on ${trained}: it gets ${trained}`,
  )
}

/** Servers that speak OpenAI's APIs at `address`, each under the name people know it by. */
export const openAiCompatibleNames = [
  'openai-chat',
  'openai-compatible',
  'vllm',
  'sglang',
  'tgi',
  'llama.cpp',
  'ollama',
  'lm-studio',
  'triton-openai',
  'hosted-api',
]

/** Engines named after another API than OpenAI's chat completions, which they speak unless `dialect` says otherwise. */
const dialectNames = ['openai-responses', 'anthropic', 'anthropic-messages', 'gemini']

export const builtInEngines: Readonly<Record<string, EngineFactory>> = {
  ...Object.fromEntries([...openAiCompatibleNames, ...dialectNames].map((name) => [name, server])),
  vllm,
  local: withoutDialect(openLocalModel),
  triton: withoutDialect(tritonGenerate),
  [providerEngine]: withoutDialect(aiSdk),
  extractive: withoutDialect(({ deployment, facts }) => createExtractiveModel({ id: deployment.id, facts })),
}
