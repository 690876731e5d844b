// Content of any size to its client, no faster than it is read. Once it has begun, a failure is a broken answer, never
// a whole one.

import type { Exchange } from '../exchange.js'

export interface Content {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Where it is known: a client then sees that an answer has broken off. */
  readonly length?: number
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
}

/** @param stalledMs how long a client may leave what it was sent unread */
export const sendContent = async (
  { request, response, requestId }: Exchange,
  { bytes, length, contentType, headers }: Content,
  stalledMs: number,
): Promise<void> => {
  response.writeHead(200, {
    'content-type': contentType,
    ...(length !== undefined && { 'content-length': length }),
    'x-request-id': requestId,
    ...headers,
  })
  if (request.method === 'HEAD') return void response.end()
  for await (const piece of bytes) {
    if (!response.write(piece)) await drained(response, stalledMs)
    if (response.destroyed) return
  }
  response.end()
}

const drained = (response: Exchange['response'], stalledMs: number) =>
  new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      response.off('drain', finish).off('close', finish)
      resolve()
    }
    const timer = setTimeout(() => response.destroy(), stalledMs)
    response.on('drain', finish).on('close', finish)
    if (response.destroyed) finish()
  })
