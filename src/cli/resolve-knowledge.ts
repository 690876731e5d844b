// Knowledge bases as the knowledge process takes them: addresses in place of deployments, secrets in place of their
// names.

import type { EmbeddingsEndpoint, RerankEndpoint, ResolvedKnowledge } from '../rag/index.js'
import type { Architecture, Deployment } from '../spec/index.js'
import type { ModelListener } from './model-listener.js'
import { onnxModelOf, onnxRankerOf } from './onnx-model.js'
import { resolveSecret, type SecretSource } from './resolve-secret.js'

export interface ResolveKnowledgeOptions {
  readonly architecture: Architecture
  readonly secrets: SecretSource
  readonly stateDirectory: string
  /** Whether the knowledge process can ask this deployment itself. */
  readonly isServer: (deployment: Deployment) => boolean
  /** Where it asks the others; undefined while nothing is asked yet. */
  readonly listener: () => Pick<ModelListener, 'address' | 'key'> | undefined
}

/**
 * Resolves every knowledge base once, so that what is missing is found when the system is built.
 * @throws `cli.secret-missing` | `cli.engine-options-invalid`
 */
export const createKnowledgeResolver = (
  options: ResolveKnowledgeOptions,
): ((knowledge: ResolvedKnowledge) => ResolvedKnowledge) => {
  const resolve = (knowledge: ResolvedKnowledge): ResolvedKnowledge => {
    const { id, embeddings, rerank } = knowledge
    return {
      ...knowledge,
      ...(embeddings && { embeddings: resolveEmbeddings(id, embeddings, options) }),
      ...(rerank && { rerank: resolveRerank(id, rerank, options) }),
    }
  }
  for (const knowledge of options.architecture.knowledge) resolve(knowledge)
  return resolve
}

const resolveEmbeddings = (
  knowledge: string,
  endpoint: EmbeddingsEndpoint,
  options: ResolveKnowledgeOptions,
): EmbeddingsEndpoint => {
  const deployment = deploymentOf(endpoint, options)
  if (!deployment) return { ...endpoint, ...keyOf(endpoint.key, `knowledge ${knowledge}`, options) }
  const { id, model, engine } = deployment
  if (engine !== 'transformers') return { ...endpoint, ...placeOf(deployment, options) }
  return { ...endpoint, deployment: id, model, onnx: onnxModelOf(deployment, placesOf(options)) }
}

const resolveRerank = (
  knowledge: string,
  endpoint: RerankEndpoint,
  options: ResolveKnowledgeOptions,
): RerankEndpoint => {
  const deployment = deploymentOf(endpoint, options)
  if (!deployment) return { ...endpoint, ...keyOf(endpoint.key, `knowledge ${knowledge}`, options) }
  const { id, model, engine } = deployment
  if (engine === 'transformers')
    return { ...endpoint, deployment: id, model, onnx: onnxRankerOf(deployment, placesOf(options)) }
  const api = options.isServer(deployment) && deployment.engine === 'tei' ? 'tei' : 'jina'
  return { ...endpoint, api, ...placeOf(deployment, options) }
}

const placesOf = ({ stateDirectory, secrets }: ResolveKnowledgeOptions) => ({
  stateDirectory,
  directory: secrets.directory,
  environment: secrets.environment,
})

/** A deployment that is gone since the knowledge base was queued leaves it as it is, and the endpoint unanswered. */
const deploymentOf = (
  { deployment }: { readonly deployment?: string | undefined },
  options: ResolveKnowledgeOptions,
) => options.architecture.deployments.find(({ id }) => id === deployment)

const placeOf = (deployment: Deployment, options: ResolveKnowledgeOptions) => {
  const { id, model, address, key } = deployment
  if (options.isServer(deployment)) return { model, address, ...keyOf(key, `deployment ${id}`, options) }
  const listener = options.listener()
  return { model: id, address: listener?.address, key: listener?.key }
}

const keyOf = (reference: string | undefined, where: string, { secrets }: ResolveKnowledgeOptions) =>
  reference === undefined ? {} : { key: resolveSecret(reference, where, secrets) }
