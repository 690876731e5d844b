// Answers one chat on a loaded model: prompt, sequence, decoding, and what of it is said. Knows no process.

import { randomInt } from 'node:crypto'
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { llmError } from '../messages.js'
import { type AnswerShape, answerShape } from './answer-shape.js'
import type { GrammarShelf } from './grammar-shelf.js'
import { batchTokens, type LoadedModel } from './load-model.js'
import type { LlamaChatParams, LlamaChatProgress, LlamaChatResult, Utterance } from './protocol.js'
import { thinkingOpening } from './reasoning-reader.js'
import type { Lease, SequencePool } from './sequence-pool.js'
import type { Speech } from './speech.js'
import { templateInput } from './template-messages.js'
import { createTokenSpeech, logProbabilityOf } from './token-speech.js'
import { createUtteranceReader } from './utterance-reader.js'
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
  const prompt = renderPrompt(loaded, { params, shape, deployment })
  const { tokens } = prompt
  const { contextLength, trainedContextLength } = loaded.description
  if (tokens.length >= contextLength)
    throw llmError('llm.context-exceeded', {
      deployment,
      tokens: tokens.length,
      contextLength,
      trainedContextLength,
    })
  const lease = await pool.acquire({ tokens, tenant: params.tenant, signal })
  try {
    return await decode(runner, { ...run, ...prompt, shape, lease })
  } finally {
    lease.release()
  }
}

export interface Prompt {
  readonly tokens: readonly Token[]
  /** Whether the template has begun the model's thinking. */
  readonly opensThinking: boolean
}

export const renderPrompt = (
  { model, template }: LoadedModel,
  { params, shape, deployment }: { params: LlamaChatParams; shape: AnswerShape; deployment: string },
): Prompt => {
  if (!template) throw llmError('llm.model-cannot-chat', { deployment })
  const input = templateInput(params.messages, { tools: shape.tools, inTemplate: template.hasTools })
  const pieces = template.render(input)
  const tokens = pieces.flatMap(({ text, isLiteral }) => model.tokenize(text, !isLiteral))
  const { bos, shouldPrependBosToken } = model.tokens
  const isBosMissing = shouldPrependBosToken && bos !== null && tokens[0] !== bos
  return {
    tokens: isBosMissing ? [bos, ...tokens] : tokens,
    opensThinking: pieces.at(-1)?.text.trimEnd().endsWith(thinkingOpening) ?? false,
  }
}

interface Decoding extends ChatRun, Prompt {
  readonly shape: AnswerShape
  readonly lease: Lease<LlamaContextSequence>
}

const decode = async (runner: ChatRunner, decoding: Decoding): Promise<LlamaChatResult> => {
  const { loaded } = runner
  const { params, signal, shape, tokens, opensThinking } = decoding
  const { model } = loaded
  const teller = createTeller(decoding)
  teller.tell([])
  const speech = createTokenSpeech(model, tokens)
  const reader = createUtteranceReader({
    stops: params.stop ?? [],
    tools: shape.tools.map(({ name }) => name),
    thinking: shape.grammar !== undefined ? 'none' : opensThinking ? 'open' : 'possible',
  })
  const most = Math.min(params.maxOutputTokens ?? Infinity, loaded.description.contextLength - tokens.length)

  const ended = (finish: 'stop' | 'length'): LlamaChatResult => {
    teller.tell(reader.end())
    if (finish === 'stop' && reader.calls() === 0) shape.checkText(teller.text())
    return { ...teller.counts(), finish: reader.calls() > 0 && finish === 'stop' ? 'tool_calls' : finish }
  }
  /** @returns whether a stop string ends the answer */
  const say = (spoken: Speech | undefined): boolean => {
    if (!spoken) return false
    const { said, isStopped } = reader.push(spoken)
    teller.tell(said)
    return isStopped
  }

  const grammar = await createGrammarSwitch(runner, shape)
  for await (const { token, probabilities } of decodedTokens(decoding, grammar.state)) {
    signal.throwIfAborted()
    teller.count(reader.isThinking())
    if (model.isEogToken(token)) {
      say(speech.rest())
      return ended('stop')
    }
    const top = params.logprobs?.top
    const logprob =
      top !== undefined && probabilities && logProbabilityOf(model, { token, probabilities, top })
    if (say(speech.push(token, logprob || undefined))) return ended('stop')
    grammar.follow(reader)
    if (teller.counts().completionTokens >= most) break
  }
  say(speech.rest())
  return ended('length')
}

/** Counts, and passes on what is said after it was checked. */
const createTeller = ({ tokens, lease, shape, onProgress }: Decoding) => {
  const { cachedTokens } = lease
  let completionTokens = 0
  let reasoningTokens = 0
  let toldAt = -1
  let text = ''
  const counts = () => ({ promptTokens: tokens.length, cachedTokens, completionTokens, reasoningTokens })
  return {
    counts,
    text: () => text,
    count: (isThinking: boolean) => {
      completionTokens += 1
      if (isThinking) reasoningTokens += 1
    },
    tell: (said: readonly Utterance[]) => {
      for (const utterance of said) {
        if (utterance.type === 'text') text += utterance.text
        if (utterance.type === 'tool-call') shape.checkCall(utterance.name, utterance.arguments)
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
    shape.callGrammar === undefined
      ? undefined
      : // Nobody asked for a call: one that llama.cpp cannot guide is free.
        await grammars.get(shape.callGrammar).catch(() => undefined)
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
