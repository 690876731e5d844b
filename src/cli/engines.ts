// The built-in engines, in the form in which plug-ins bring theirs.

import { createExtractiveModel, createOpenAiCompatibleModel } from '../llm/index.js'
import { cliError } from './messages.js'
import type { EngineContext, EngineFactory } from './plugin.js'

const openAiCompatible: EngineFactory = ({ deployment, facts, apiKey, clock }: EngineContext) => {
  if (deployment.address === undefined)
    throw cliError('cli.address-missing', { deployment: deployment.id, engine: deployment.engine })
  return createOpenAiCompatibleModel({
    deployment,
    facts,
    clock,
    ...(apiKey === undefined ? {} : { apiKey }),
  })
}

/** Servers that speak OpenAI's chat dialect at `address`, each under the name people know it by. */
const openAiCompatibleNames = [
  'openai-chat',
  'openai-compatible',
  'vllm',
  'sglang',
  'tgi',
  'llama.cpp',
  'ollama',
  'lm-studio',
  'triton',
  'hosted-api',
]

export const builtInEngines: Readonly<Record<string, EngineFactory>> = {
  ...Object.fromEntries(openAiCompatibleNames.map((name) => [name, openAiCompatible])),
  extractive: ({ deployment, facts }) => createExtractiveModel({ id: deployment.id, facts }),
}
