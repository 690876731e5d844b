// The stream of a response that has ended: the events that it had, or where nobody knows them, those that it could have
// had.

import { type ChatEvent, codecs } from '../../llm/index.js'
import { eventsIn } from './event-log.js'

const codec = codecs['openai-responses']

type Response = Readonly<Record<string, unknown>>

/** @param after sequence number of the last event that the client has; -1 for none */
export const replayOf = (
  response: Response,
  { events, after }: { readonly events: string | null; readonly after: number },
): string => {
  if (events !== null)
    return eventsIn(events)
      .slice(after + 1)
      .join('')
  const hasFailed = response.status === 'failed' || response.status === 'cancelled'
  return hasFailed
    ? brokenOff(response, after)
    : eventsIn(written(response))
        .slice(after + 1)
        .join('')
}

const written = (response: Response): string => {
  const events: readonly ChatEvent[] = codec.decodeAnswer(response)
  const encoder = codec.createStreamEncoder({
    id: String(response.id),
    model: String(response.model),
    createdSeconds: Number(response.created_at),
  })
  return Buffer.concat([encoder.encode(events), encoder.end()]).toString('utf8')
}

/** What the client has seen is lost with the process that said it: the end comes next, whatever its number is. */
const brokenOff = (response: Response, after: number): string => {
  const begun = { ...response, status: 'in_progress', error: null, output: [] }
  const type = response.status === 'failed' ? 'response.failed' : 'response.incomplete'
  return [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type, response },
  ]
    .map((event, number) => ({ ...event, sequence_number: number }))
    .filter(({ type: name, sequence_number }) => sequence_number > after || name === type)
    .map((event) => ({ ...event, sequence_number: Math.max(event.sequence_number, after + 1) }))
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
}
