// An engine of embeddings whose vectors are the length of a text and its place, and a gateway that serves it to
// clients as the model `vectors`.

import type { EmbeddingModel, EmbeddingRequest } from '../../llm/index.js'
import { startClientGateway } from './client-gateway.js'
import type { TestGateway } from './harness.js'

export const startEmbeddingGateway = async (): Promise<
  TestGateway & { readonly asked: readonly EmbeddingRequest[] }
> => {
  const asked: EmbeddingRequest[] = []
  const engine: EmbeddingModel = {
    id: 'first',
    takesTokens: false,
    contextLength: 512,
    embed: async (request) => {
      asked.push(request)
      return {
        vectors: request.input.map((text, i) =>
          i === 0 ? Float32Array.of(text.length, 0.5) : [text.length, i],
        ),
        usage: { input: { total: 7, cacheRead: 0, cacheWrite: 0 }, output: { total: 0, reasoning: 0 } },
        usageSource: 'reported',
      }
    },
  }
  const gateway = await startClientGateway({
    architecture: {
      deployments: [
        { id: 'main', engine: 'scripted', model: 'main' },
        { id: 'first', kind: 'embedding', engine: 'vllm', model: 'e5' },
      ],
      routes: [
        { name: 'chat', strategy: { deployment: 'main' } },
        { name: 'vectors', strategy: { deployment: 'first' } },
      ],
    },
    embeddingModels: { first: engine },
  })
  return { ...gateway, asked }
}
