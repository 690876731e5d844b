// Sends the events of a response to one client, those that have come and those that come, no faster than it reads.

import type { Exchange } from '../exchange.js'
import { drained } from '../write-answer.js'
import type { EventLog } from './event-log.js'

const eventHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const

/** @param after sequence number of the last event that the client has; -1 for none */
export const followEvents = async (
  exchange: Exchange,
  log: EventLog,
  { after, stalledMs }: { readonly after: number; readonly stalledMs: number },
): Promise<void> => {
  const { response, requestId, signal } = exchange
  response.writeHead(200, { ...eventHeaders, 'x-request-id': requestId })
  response.flushHeaders()
  for await (const text of log.follow(after, signal)) {
    if (!response.write(text)) await drained({ exchange, stalledMs })
    if (response.destroyed) return
  }
  if (log.isWhole() && !signal.aborted) response.end()
  else response.destroy()
}
