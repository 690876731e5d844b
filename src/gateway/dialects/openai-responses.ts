// OpenAI's Responses dialect as the gateway serves it: a request builds on what is kept, and its answer is kept too
// unless it says `store: false`. The codec itself is llm's.

import type { Item } from '../../conversations/index.js'
import { type ChatStream, codecs, type EncoderOptions } from '../../llm/index.js'
import { checkFields, type Fields, rule } from '../check-fields.js'
import { parseJson } from '../parse-json.js'
import type { ConversationPort } from '../ports.js'
import { assembleRequest, passRequest } from '../responses/assemble-request.js'
import { inputItems, toKept } from '../responses/items.js'
import { keepAnswer } from '../responses/keep-answer.js'
import { asked, type History, outputOf, recall, refuseReferences } from '../responses/recall.js'
import { repeatsOf } from '../responses/repeats.js'
import { checkCreation } from '../responses/response-rules.js'
import type { ChatDialect, ChatTurn, TurnContext } from './chat-dialect.js'
import { openaiEnvelope } from './envelope.js'

const codec = codecs['openai-responses']

/** @param port where responses are kept; without it nothing is */
export const openaiResponses = (port: ConversationPort | undefined): ChatDialect => ({
  codec,
  read: (bytes) => assembleRequest(checkCreation(parseJson(bytes)), []),
  begin: async (bytes, context) => {
    const fields = checkCreation(parseJson(bytes))
    const isKept = keeps(fields, port)
    refuseReferences(inputItems(fields.input))
    const history = await recall(port, context.caller, fields)
    if (!isKept && history.items.length === 0) return { request: passRequest(fields, bytes) }
    return turnOf({ fields, history, context, port: isKept ? port : undefined })
  },
  answerId: responseId,
  wantsUsage: () => true,
  envelope: openaiEnvelope,
})

const responseId = (requestId: string) => `resp_${requestId.slice(requestId.indexOf('_') + 1)}`

const impossible = rule(
  'false, since this server stores nothing',
  'false，因為此伺服器不儲存任何內容',
  () => false,
)

const keeps = ({ store }: Fields, port: ConversationPort | undefined): boolean => {
  if (store === true && !port) checkFields({ store }, { required: { store: impossible } })
  return store !== false && port !== undefined
}

interface Turn {
  readonly fields: Fields
  readonly history: History
  readonly context: TurnContext
  /** Undefined when this answer is not kept. */
  readonly port: ConversationPort | undefined
}

const turnOf = (turn: Turn): ChatTurn => {
  const { fields, history, context, port } = turn
  const { previousId, conversationId, items } = history
  const facts = { id: context.answerId, isKept: port !== undefined, previousId, conversationId }
  return {
    request: assembleRequest(fields, items),
    repeats: repeatsOf(fields, facts),
    keep: (stream, encoding) => keepTurn(stream, encoding, turn),
  }
}

const keepTurn = (
  stream: ChatStream,
  encoding: EncoderOptions,
  { fields, history, context, port }: Turn,
): ChatStream =>
  keepAnswer(stream, async (events) => {
    if (!port) return
    const { previousId, conversationId, items } = history
    const input: readonly Item[] = inputItems(fields.input).map(toKept)
    const response = codec.encodeAnswer(events, encoding)
    const kept = {
      id: context.answerId,
      previousId,
      conversationId,
      // A conversation goes on, so a response that is in one holds all that was said before it.
      input: conversationId === null ? input : [...items, ...input],
      response,
    }
    await asked(port.keepResponse(context.caller, kept, [...input, ...outputOf({ response })]))
  })
