// Answers one chat on a loaded model: prompt, sequence, decoding, and what of it is said. Knows no process.

import { randomInt } from 'node:crypto'
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { createId } from '../../core/index.js'
import { llmError } from '../messages.js'
import { type AnswerShape, answerShape } from './answer-shape.js'
import type { PromptPiece } from './chat-template.js'
import type { GrammarShelf } from './grammar-shelf.js'
import { batchTokens, type LoadedModel } from './load-model.js'
import type { LlamaChatParams, LlamaChatProgress, LlamaChatResult, Utterance } from './protocol.js'
import type { Lease, SequencePool } from './sequence-pool.js'
import { createStopFilter } from './stop-filter.js'
import { templateInput } from './template-messages.js'
import { createTokenSpeech, logProbabilityOf } from './token-speech.js'
import { createToolCallReader } from './tool-call-reader.js'
import type { CompileSchema } from './validate-json.js'

export interface ChatRunner {
  readonly loaded: LoadedModel
  readonly pool: SequencePool<LlamaContextSequence>
  readonly deployment: string
  readonly compileSchema: CompileSchema
  readonly grammars: GrammarShelf
}

export interface ChatRun {
  readonly params: LlamaChatParams
  readonly signal: AbortSignal
  readonly onProgress: (progress: LlamaChatProgress) => void
}

/** A prompt is computed in steps of this many tokens, so that others decode in between and it can be given up. */
const promptStepTokens = batchTokens / 2
/** After so many tokens of which nothing could be said, the other side is told that there is progress. */
const silentTokens = 16
const largestSeed = 2 ** 32 - 1

/**
 * @throws `llm.model-cannot-chat` | `llm.context-exceeded` | `llm.queue-full` | `llm.answer-invalid` and what
 * `answerShape`, the template and the signal throw
 */
export const runChat = async (runner: ChatRunner, run: ChatRun): Promise<LlamaChatResult> => {
  const { loaded, pool, deployment, compileSchema } = runner
  const { params, signal } = run
  const shape = answerShape(params, compileSchema)
  const tokens = promptTokens(loaded, { params, shape, deployment })
  const { contextLength } = loaded.description
  if (tokens.length >= contextLength)
    throw llmError('llm.context-exceeded', { deployment, tokens: tokens.length, contextLength })
  const lease = await pool.acquire({ tokens, tenant: params.tenant, signal })
  try {
    return await decode(runner, { ...run, shape, tokens, lease })
  } finally {
    lease.release()
  }
}

export const promptTokens = (
  { model, template }: LoadedModel,
  { params, shape, deployment }: { params: LlamaChatParams; shape: AnswerShape; deployment: string },
): Token[] => {
  if (!template) throw llmError('llm.model-cannot-chat', { deployment })
  const input = templateInput(params.messages, { tools: shape.tools, inTemplate: template.hasTools })
  const tokens = template
    .render(input)
    .flatMap(({ text, isLiteral }: PromptPiece) => model.tokenize(text, !isLiteral))
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
}

interface Decoding extends ChatRun {
  readonly shape: AnswerShape
  readonly tokens: readonly Token[]
  readonly lease: Lease<LlamaContextSequence>
}

const decode = async (runner: ChatRunner, decoding: Decoding): Promise<LlamaChatResult> => {
  const { loaded } = runner
  const { params, signal, shape, tokens } = decoding
  const { model } = loaded
  const teller = createTeller(decoding)
  teller.tell([])
  const speech = createTokenSpeech(model, tokens)
  const stops = createStopFilter(params.stop ?? [])
  const reader = createToolCallReader(new Set(shape.tools.map(({ name }) => name)), () => createId('call'))
  const most = Math.min(params.maxOutputTokens ?? Infinity, loaded.description.contextLength - tokens.length)

  const ended = (finish: 'stop' | 'length', isCut = false): LlamaChatResult => {
    const last = isCut ? undefined : speech.rest()
    const { said } = last ? stops.push(last) : { said: undefined }
    const spoken = [
      ...(said ? reader.push(said) : []),
      ...(isCut ? [] : reader.push(stops.rest())),
      ...reader.end(),
    ]
    teller.tell(spoken)
    if (finish === 'stop' && reader.calls() === 0) shape.checkText(teller.text())
    return { ...teller.counts(), finish: reader.calls() > 0 && finish === 'stop' ? 'tool_calls' : finish }
  }

  const grammar = await createGrammarSwitch(runner, shape)
  for await (const { token, probabilities } of decodedTokens(decoding, grammar.state)) {
    signal.throwIfAborted()
    teller.count()
    if (model.isEogToken(token)) return ended('stop')
    const logprob =
      params.logprobs &&
      probabilities &&
      logProbabilityOf(model, { token, probabilities, top: params.logprobs.top })
    const spoken = speech.push(token, logprob)
    if (spoken) {
      const { said, isStopped } = stops.push(spoken)
      teller.tell(reader.push(said))
      if (isStopped) return ended('stop', true)
      grammar.follow(reader)
    }
    if (teller.counts().completionTokens >= most) break
  }
  return ended('length')
}

/** Counts, and passes on what is said after it was checked. */
const createTeller = ({ tokens, lease, shape, onProgress }: Decoding) => {
  const { cachedTokens } = lease
  let completionTokens = 0
  let toldAt = -1
  let text = ''
  const counts = () => ({ promptTokens: tokens.length, cachedTokens, completionTokens })
  return {
    counts,
    text: () => text,
    count: () => {
      completionTokens += 1
    },
    tell: (said: readonly Utterance[]) => {
      for (const utterance of said) {
        if (utterance.type === 'text') text += utterance.text
        else shape.checkCall(utterance.name, utterance.arguments)
      }
      if (said.length === 0 && toldAt >= 0 && completionTokens - toldAt < silentTokens) return
      toldAt = completionTokens
      onProgress({ ...counts(), said })
    },
  }
}

type GrammarState = SequenceEvaluateOptions['grammarEvaluationState']

/** The grammar in force: of the whole answer, or of a tool call while one is written. */
const createGrammarSwitch = async ({ loaded, grammars }: ChatRunner, shape: AnswerShape) => {
  const { library, model } = loaded
  const whole = shape.grammar === undefined ? undefined : await grammars.get(shape.grammar)
  const ofCall =
    shape.callGrammar === undefined ? undefined : await grammars.get(shape.callGrammar).catch(() => undefined)
  let current = whole && new library.LlamaGrammarEvaluationState({ model, grammar: whole })
  const state: GrammarState = whole || ofCall ? () => current : undefined
  return {
    state,
    /** Once a call has begun it must become one; a token that already says more of it is let go its way. */
    follow: (reader: { isAtCall(): boolean; isInsideCall(): boolean }) => {
      if (!ofCall) return
      if (reader.isAtCall()) current = new library.LlamaGrammarEvaluationState({ model, grammar: ofCall })
      else if (!reader.isInsideCall()) current = undefined
    },
  }
}

interface DecodedToken {
  readonly token: Token
  readonly probabilities?: ReadonlyMap<Token, number>
}

async function* decodedTokens(
  { params, signal, tokens, lease }: Decoding,
  grammarEvaluationState: GrammarState,
): AsyncGenerator<DecodedToken> {
  const { sequence, cachedTokens } = lease
  let at = cachedTokens
  for (; tokens.length - at > promptStepTokens; at += promptStepTokens) {
    signal.throwIfAborted()
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + promptStepTokens))
  }
  signal.throwIfAborted()
  const options: SequenceEvaluateOptions = {
    temperature: params.temperature ?? 1,
    topK: 0,
    topP: params.topP ?? 1,
    seed: params.seed === undefined ? randomInt(largestSeed) : Math.abs(params.seed) % largestSeed,
    yieldEogToken: true,
    ...(grammarEvaluationState && { grammarEvaluationState }),
  }
  const rest = tokens.slice(at)
  if (params.logprobs) yield* sequence.evaluateWithMetadata(rest, { probabilities: true }, options)
  else for await (const token of sequence.evaluate(rest, options)) yield { token }
}
