// POST /v1/responses/compact: a conversation as a summary that stands for it in later requests. The model of the route
// writes it, under the limits and guards of any request; it is not stored.

import { createId } from '../../core/index.js'
import {
  type ChatEvent,
  type ChatRequest,
  codecs,
  type EncoderOptions,
  type WireCodec,
} from '../../llm/index.js'
import type { Fields } from '../check-fields.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { ConversationPort } from '../ports.js'
import { assembleRequest } from '../responses/assemble-request.js'
import { openCalls, summaryInput } from '../responses/compact-items.js'
import { checkCompactions, packSummary } from '../responses/compaction.js'
import { inputItems, toInput, toKept } from '../responses/items.js'
import { keepAnswer } from '../responses/keep-answer.js'
import { recall, resolveReferences } from '../responses/recall.js'
import { checkCompaction } from '../responses/response-rules.js'
import type { ServedChat } from '../served-route.js'
import type { ChatDialect, ChatTurn } from './chat-dialect.js'
import { openaiEnvelope } from './envelope.js'
import { responseId } from './openai-responses.js'

const codec = codecs['openai-responses']

/** @throws gateway.compaction-refused: what such a route finds in its documents has no place in a summary */
const refuse = ({ route }: ServedChat, { model }: ChatRequest): void => {
  if (route.knowledge !== undefined) throw gatewayError('gateway.compaction-refused', { model })
}

const turnOf = (fields: Fields, history: readonly Fields[]): ChatTurn => {
  const { input, previous_response_id: _previous, ...rest } = fields
  const items = [...history, ...inputItems(input)]
  const request = assembleRequest({ ...rest, input: summaryInput(items).map(toInput) }, [])
  return {
    request,
    repeats: { output: openCalls(items).map(toKept) },
    keep: (stream) =>
      keepAnswer(stream, async (events) => {
        if (!isSummary(events)) throw gatewayError('gateway.compaction-failed', { model: request.model })
      }),
  }
}

const summaryOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

/** One that breaks off would lose a part of the conversation without a word. */
const isSummary = (events: readonly ChatEvent[]): boolean =>
  summaryOf(events).trim() !== '' &&
  events.every((event) => event.type !== 'finish' || event.reason === 'stop')

const encodeAnswer: WireCodec['encodeAnswer'] = (events, { repeats, ...options }: EncoderOptions) => ({
  id: options.id,
  object: 'response.compaction',
  created_at: options.createdSeconds,
  output: [
    { type: 'compaction', id: createId('cmp'), encrypted_content: packSummary(summaryOf(events)) },
    ...((repeats?.output ?? []) as readonly Fields[]),
  ],
  usage: codec.encodeAnswer(events, options).usage,
})

export const openaiCompaction = (port: ConversationPort | undefined): ChatDialect => ({
  codec: { ...codec, encodeAnswer },
  read: (bytes) => turnOf(checkCompaction(parseJson(bytes)), []).request,
  begin: async (bytes, { caller }) => {
    const { fields } = await resolveReferences(port, caller, checkCompaction(parseJson(bytes)))
    checkCompactions(inputItems(fields.input), 'input')
    const { items } = await recall(port, caller, fields)
    return turnOf(fields, items)
  },
  refuse,
  answerId: responseId,
  wantsUsage: () => true,
  envelope: openaiEnvelope,
})
