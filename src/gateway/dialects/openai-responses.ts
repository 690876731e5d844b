// OpenAI's Responses dialect as the gateway serves it: a request builds on what is kept, and its answer is kept too
// unless it says `store: false`. The codec itself is llm's.

import type { Item } from '../../conversations/index.js'
import { type ChatStream, codecs, type EncoderOptions } from '../../llm/index.js'
import { checkFields, type Fields, rule } from '../check-fields.js'
import { parseJson } from '../parse-json.js'
import type { ConversationPort } from '../ports.js'
import { answerInBackground, type BackgroundDeps } from '../responses/answer-in-background.js'
import { assembleRequest, passRequest } from '../responses/assemble-request.js'
import { isOwnCompaction } from '../responses/compaction.js'
import { inputItems, toKept } from '../responses/items.js'
import { keepAnswer } from '../responses/keep-answer.js'
import { asked, type History, outputOf, recall, resolveReferences } from '../responses/recall.js'
import { repeatsOf } from '../responses/repeats.js'
import { checkCreation } from '../responses/response-rules.js'
import type { BackgroundTurn } from '../responses/response-run.js'
import type { ChatDialect, ChatTurn, TurnContext } from './chat-dialect.js'
import { openaiEnvelope } from './envelope.js'

const codec = codecs['openai-responses']

/** @param port where responses are kept; without it nothing is */
export const openaiResponses = (
  port: ConversationPort | undefined,
  background: BackgroundDeps,
): ChatDialect => ({
  codec,
  read: (bytes) => assembleRequest(checkCreation(parseJson(bytes)), []),
  begin: async (bytes, context) => {
    const given = checkCreation(parseJson(bytes))
    const isKept = keeps(given, port)
    const { fields, said } = await resolveReferences(port, context.caller, given)
    const history = await recall(port, context.caller, fields)
    const isWhole = said === given && !inputItems(fields.input).some(isOwnCompaction)
    if (!isKept && history.items.length === 0 && isWhole) return { request: passRequest(fields, bytes) }
    const turn = { fields, said, history, context, port: isKept ? port : undefined }
    if (fields.background === true && port) return backgroundTurn({ ...turn, port }, background)
    return turnOf(turn)
  },
  answerId: responseId,
  wantsUsage: () => true,
  envelope: openaiEnvelope,
})

export const responseId = (requestId: string) => `resp_${requestId.slice(requestId.indexOf('_') + 1)}`

const impossible = rule(
  'false, since this server stores nothing',
  'false，因為此伺服器不儲存任何內容',
  () => false,
)

const keeps = ({ store, background }: Fields, port: ConversationPort | undefined): boolean => {
  if (background === true && !port) checkFields({ background }, { required: { background: impossible } })
  if (store === true && !port) checkFields({ store }, { required: { store: impossible } })
  return store !== false && port !== undefined
}

interface Turn {
  readonly fields: Fields
  /** The same request as a model is given it. */
  readonly said: Fields
  readonly history: History
  readonly context: TurnContext
  /** Undefined when this answer is not kept. */
  readonly port: ConversationPort | undefined
}

const turnOf = (turn: Turn): ChatTurn => {
  const { fields, said, history, context, port } = turn
  const { previousId, conversationId, items } = history
  const facts = {
    id: context.answerId,
    isKept: port !== undefined,
    isBackground: fields.background === true,
    previousId,
    conversationId,
  }
  return {
    request: assembleRequest(said, items),
    repeats: repeatsOf(fields, facts),
    keep: (stream, encoding) => keepTurn(stream, encoding, turn),
  }
}

const keepTurn = (stream: ChatStream, encoding: EncoderOptions, turn: Turn): ChatStream =>
  keepAnswer(stream, async (events) => {
    const { context, port } = turn
    if (!port) return
    const { kept, added } = leftBehind(turn)
    const response = codec.encodeAnswer(events, encoding)
    await asked(
      port.keepResponse(context.caller, { ...kept, response }, [...added, ...outputOf({ response })]),
    )
  })

/** What is kept of the request, and what it adds to a conversation. */
const leftBehind = ({ fields, history: { previousId, conversationId, items }, context }: Turn) => {
  const added: readonly Item[] = inputItems(fields.input).map(toKept)
  // A conversation goes on, so a response that is in one holds all that was said before it.
  const input = conversationId === null ? added : [...items, ...added]
  return { added, kept: { id: context.answerId, previousId, conversationId, input } }
}

/** A conversation goes on with answers, not with what was cancelled or has failed. */
const hasAnswered = ({ status }: Fields) => status === 'completed' || status === 'incomplete'

const backgroundTurn = (turn: Turn & { readonly port: ConversationPort }, deps: BackgroundDeps): ChatTurn => {
  const { fields, context, port } = turn
  const owner = context.caller
  const { kept, added } = leftBehind(turn)
  const { request, repeats } = turnOf(turn)
  const background: BackgroundTurn = {
    owner,
    port,
    id: kept.id,
    isStream: fields.stream === true,
    begin: (response, ifAbandoned) => port.beginResponse(owner, { ...kept, response, ifAbandoned }),
    end: ({ response, events }) =>
      port.endResponse(
        owner,
        { id: kept.id, conversationId: kept.conversationId, response, events },
        hasAnswered(response) ? [...added, ...outputOf({ response })] : [],
      ),
  }
  return {
    request,
    ...(repeats && { repeats }),
    later: (work) => answerInBackground(deps, background, work),
  }
}
