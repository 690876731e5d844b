// The endpoints of Gemini's clients, which call them under /v1beta or under /v1.

import { type ChatDeps, createChatHandler } from './chat.js'
import { type CountTokensDeps, createCountTokens } from './count-tokens.js'
import { geminiCount, geminiGenerate, geminiStream } from './dialects/gemini.js'
import { createBatchEmbedContents, createEmbedContent } from './gemini-embeddings.js'
import { createGetModel, createListModels, type ModelsDeps } from './models.js'
import type { Endpoint } from './router.js'
import type { WholeAnswerDeps } from './whole-answers.js'

interface GeminiDeps {
  readonly chatting: ChatDeps
  readonly handling: WholeAnswerDeps & CountTokensDeps
  readonly models: ModelsDeps
}

/** Lists of models under /v1 are also those of other dialects, and stand with them. */
export const geminiEndpoints = ({ chatting, handling, models }: GeminiDeps): readonly Endpoint[] => {
  const verbs = {
    generateContent: createChatHandler(chatting, geminiGenerate),
    streamGenerateContent: createChatHandler(chatting, geminiStream),
    countTokens: createCountTokens(handling, geminiCount),
    embedContent: createEmbedContent(handling),
    batchEmbedContents: createBatchEmbedContents(handling),
  }
  return [
    ...['/v1beta', '/v1'].flatMap((version) =>
      Object.entries(verbs).map(
        ([verb, handle]): Endpoint => ({ method: 'POST', path: `${version}/models/{model}:${verb}`, handle }),
      ),
    ),
    { method: 'GET', path: '/v1beta/models', handle: createListModels(models) },
    { method: 'GET', path: '/v1beta/models/{id}', handle: createGetModel(models) },
  ]
}
