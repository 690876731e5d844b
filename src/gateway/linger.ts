// Closes a connection politely when the answer came before the whole request had arrived (RFC 9112, section
// 9.6): closing at once would reset it, and the client would lose the answer that is on its way.

import type { IncomingMessage } from 'node:http'

/** Bodies up to this size are read to their end, so that the connection stays usable. */
const worthReadingBytes = 64 * 1024
const maxDiscardedBytes = 128 * 1024 * 1024
const maxIdleMs = 2_000
const maxTotalMs = 20_000

/** Whether an answer now should also end the connection, because too much of the request is still to come. */
export const mustLinger = (request: IncomingMessage): boolean => {
  if (request.complete) return false
  const length = request.headers['content-length']
  if (length === undefined) return request.headers['transfer-encoding'] !== undefined
  return Number(length) > worthReadingBytes || request.headers.expect !== undefined
}

/** Discards what still comes, within bounds, then calls `done` once. Nothing is kept. */
export const linger = (request: IncomingMessage, done: () => void) => {
  let discarded = 0
  const idle = setTimeout(() => finish(), maxIdleMs)
  const total = setTimeout(() => finish(), maxTotalMs)
  const onData = (chunk: Buffer) => {
    discarded += chunk.length
    idle.refresh()
    if (discarded > maxDiscardedBytes) finish()
  }
  const finish = () => {
    clearTimeout(idle)
    clearTimeout(total)
    request.off('data', onData).off('end', finish).off('close', finish)
    done()
  }
  request.on('data', onData).on('end', finish).on('close', finish).on('error', finish)
}
