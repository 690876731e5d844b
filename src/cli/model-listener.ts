// The embedding and rerank models of this process for the knowledge process: an OpenAI-compatible endpoint on
// loopback behind a token made at the start, for engines that have no address of their own. Not for clients: no keys,
// no limits, no ledger.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createId, type Log, toArchitectError } from '../core/index.js'
import type { VectorModels } from './vector-models.js'

export interface ModelListener {
  /** Base address; `model` in a request is the id of a deployment. */
  readonly address: string
  readonly key: string
  close(): Promise<void>
}

type Models = Pick<VectorModels, 'embeddingModels' | 'rerankModels'>

export const startModelListener = async (models: Models, log: Log): Promise<ModelListener> => {
  const key = randomBytes(32).toString('base64url')
  const server = createServer((request, response) => {
    void respond({ models, key, log }, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Does not keep alive a process that has nothing left to do.
  server.unref()
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Listening {
  readonly models: Models
  readonly key: string
  readonly log: Log
}

const respond = async (
  { models, key, log }: Listening,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const send = (status: number, value: object) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    if (request.headers.authorization !== `Bearer ${key}`) return send(401, refusal('a token of its own'))
    const answer = await ask(models, request, gone.signal)
    if (answer) send(200, answer)
    else send(404, refusal(`${request.url}: no such path or deployment`))
  } catch (cause) {
    const error = toArchitectError(cause)
    log.warn({ err: error, path: request.url }, 'a model did not answer the knowledge process')
    if (!response.destroyed) send(error.retryable ? 503 : 422, refusal(error.message))
  }
}

const refusal = (message: string) => ({ error: { message } })

interface Asked {
  readonly model: string
  readonly input: readonly string[]
  readonly input_type?: string
  readonly query: string
  readonly documents: readonly string[]
}

const ask = async (
  { embeddingModels, rerankModels }: Models,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<object | undefined> => {
  const { model, input, input_type: inputType, query, documents } = (await json(request)) as Asked
  const call = { requestId: createId('req', Date.now()), signal }
  if (request.url === '/v1/embeddings') {
    const asked = {
      input,
      encoding: 'float',
      extra: {},
      ...(inputType !== undefined && { inputType }),
    } as const
    const answer = await embeddingModels.get(model)?.embed(asked, call)
    return (
      answer && {
        data: answer.vectors.map((vector, index) => ({ index, embedding: Array.from(vector) })),
        usage: { prompt_tokens: answer.usage.input.total },
      }
    )
  }
  if (request.url !== '/v1/rerank') return undefined
  const answer = await rerankModels.get(model)?.rerank({ query, documents, extra: {} }, call)
  return answer && { results: answer.results.map(({ index, score }) => ({ index, relevance_score: score })) }
}
