// What the catalogue knows of a deployment's server, put where architecture.yaml says nothing else.

import { readServers } from '../catalog/index.js'
import { type Deployment, dialectSchema, quirksSchema } from '../spec/index.js'

/** Engines that are named after the one API they speak. */
const dialectEngines: Readonly<Record<string, NonNullable<Deployment['dialect']>>> = {
  'openai-chat': 'openai-chat',
  'openai-responses': 'openai-responses',
  'anthropic-messages': 'anthropic-messages',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
}

const servers = new Map(
  readServers().map(({ name, dialect, quirks }) => [
    name,
    {
      dialect: dialect ? dialectSchema.parse(dialect.value) : undefined,
      quirks: quirksSchema.parse(
        Object.fromEntries(Object.entries(quirks).map(([quirk, { value }]) => [quirk, value])),
      ),
    },
  ]),
)

/**
 * The deployment with the quirks of its server, and with the dialect it is spoken to in where that is not OpenAI's
 * chat completions. What the file says wins, then what is known of the provider, then of the engine.
 */
export const withKnownServer = (deployment: Deployment): Deployment => {
  const { engine, provider, quirks } = deployment
  const ofEngine = servers.get(engine)
  const ofProvider = provider === undefined ? undefined : servers.get(provider)
  const dialect = deployment.dialect ?? dialectEngines[engine] ?? ofProvider?.dialect ?? ofEngine?.dialect
  return {
    ...deployment,
    ...(dialect && { dialect }),
    quirks: { ...ofEngine?.quirks, ...ofProvider?.quirks, ...quirks },
  }
}
