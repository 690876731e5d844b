// A server of embeddings and rerank scores whose numbers follow from the texts alone: words are hashed into the
// dimensions of a vector, and a document's score is the share of the query's words that it holds.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface VectorCall {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
  readonly body: any
}

export interface VectorBehaviour {
  status: number
  /** Each vector is that of the next text: what a broken embedder answers, in a perfect form. */
  isShuffled: boolean
  /** Leaves requests unanswered. */
  isSilent: boolean
  /** Takes the place of the whole answer. */
  answer: unknown
  /** Says no `usage`. */
  hasNoUsage: boolean
}

export interface VectorUpstream {
  readonly address: string
  readonly calls: readonly VectorCall[]
  readonly behaviour: VectorBehaviour
  close(): Promise<void>
}

export const dimensions = 256

const wordsOf = (value: string): readonly string[] =>
  value.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []

const hash = (word: string): number => {
  let value = 2166136261
  for (const character of word) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0
  return value
}

/** The vector that the server gives for a text, or for token ids. */
export const vectorOf = (input: string | readonly number[]): number[] => {
  const vector = new Array<number>(dimensions).fill(0)
  const places = typeof input === 'string' ? wordsOf(input).map(hash) : input
  for (const place of places) vector[place % dimensions] = (vector[place % dimensions] ?? 0) + 1
  const length = Math.hypot(...vector) || 1
  return vector.map((x) => Math.fround(x / length))
}

const scoreOf = (query: string, document: string): number => {
  const held = new Set(wordsOf(document))
  const words = wordsOf(query)
  return words.filter((word) => held.has(word)).length / Math.max(1, words.length)
}

const embeddings = (body: VectorCall['body'], { isShuffled, hasNoUsage }: VectorBehaviour) => {
  const inputs: (string | number[])[] = Array.isArray(body.input) ? body.input : [body.input]
  const vectors = inputs.map((_, i) => vectorOf(inputs[(i + (isShuffled ? 1 : 0)) % inputs.length] ?? ''))
  const encode = (vector: number[]) =>
    body.encoding_format === 'base64'
      ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
      : vector
  const data = vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) }))
  // The order of the list is not promised; its indexes are.
  const usage = { prompt_tokens: 7 * inputs.length, total_tokens: 7 * inputs.length }
  return { object: 'list', data: data.reverse(), model: body.model, ...(!hasNoUsage && { usage }) }
}

const rerank = (body: VectorCall['body'], { hasNoUsage }: VectorBehaviour) => {
  const documents: string[] = body.documents ?? body.texts
  const scores = documents.map((document, index) => ({ index, score: scoreOf(body.query, document) }))
  scores.sort((a, b) => b.score - a.score)
  if (body.texts) return scores
  const results = scores.map(({ index, score }) => ({ index, relevance_score: score }))
  return {
    results: results.slice(0, body.top_n ?? results.length),
    ...(!hasNoUsage && { usage: { total_tokens: 11 * documents.length } }),
  }
}

export const startVectorUpstream = async (): Promise<VectorUpstream> => {
  const calls: VectorCall[] = []
  const behaviour: VectorBehaviour = {
    status: 200,
    isShuffled: false,
    isSilent: false,
    answer: undefined,
    hasNoUsage: false,
  }
  const respond = (response: ServerResponse, status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'up-1' })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    const body = JSON.parse(await text(request))
    calls.push({ path, headers: request.headers, body })
    const { status, isSilent, answer } = behaviour
    if (isSilent) return
    if (status !== 200) return respond(response, status, { error: { message: `status ${status}` } })
    if (answer !== undefined) return respond(response, 200, answer)
    if (path === '/v1/embeddings') return respond(response, 200, embeddings(body, behaviour))
    if (path === '/v1/rerank' || path === '/rerank') return respond(response, 200, rerank(body, behaviour))
    respond(response, 404, { error: { message: path } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    behaviour,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
