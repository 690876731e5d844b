// The chat contract: whatever answers a chat is a ChatModel, whatever wraps one is a stage.
// The twelve promises are numbered beside the types; the tests named contract*.test.ts have one for each number.

import type { ArchitectError, Attempt, AttemptRecorder, Usage } from '../core/index.js'
import type { ExtraFields, ModelCall } from './vector-contract.js'

/** The wire formats of chat, and that of raw texts, which only models that `completes` can answer. */
export type Dialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'gemini'
  | 'openai-completions'

/** Bytes as they came in or went out. */
export interface Wire {
  readonly dialect: Dialect
  readonly framing: 'sse' | 'json'
  readonly bytes: Uint8Array
}

// ---------------------------------------------------------------- request

/** Who a text speaks for; taint and injection checks read it. */
export type Source = 'system' | 'developer' | 'user' | 'tool' | 'retrieved' | 'memory'

/** Where a retrieved text came from. `start` and `end` are UTF-16 offsets into the stored source text. */
export interface PassageReference {
  readonly id: string
  /** Path of the document inside its knowledge base. */
  readonly path: string
  readonly title: string
  readonly start: number
  readonly end: number
  /** Relevance as the retriever scored it, higher is better; not comparable between retrievers. */
  readonly score: number
}

/**
 * Fields that one dialect has and the contract does not know; they reach an engine of that dialect.
 * In a request they are flat and belong to `ChatRequest.dialect`. In an event they stand under the name of
 * their dialect, so that no other dialect's encoder reads them.
 */
export type Extra = Readonly<Record<string, unknown>>

export type Part =
  | {
      readonly type: 'text'
      readonly text: string
      readonly source: Source
      readonly passage?: PassageReference
      readonly extra?: Extra
    }
  | {
      readonly type: 'image'
      readonly url: string
      readonly mediaType?: string
      /** How closely OpenAI's APIs shall look at it. */
      readonly detail?: string
      readonly extra?: Extra
    }
  | { readonly type: 'audio'; readonly data: string; readonly format: string; readonly extra?: Extra }
  | {
      readonly type: 'file'
      readonly name?: string
      readonly data?: string
      readonly id?: string
      readonly extra?: Extra
    }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string; readonly extra?: Extra }
  | {
      readonly type: 'tool-call'
      readonly id: string
      readonly name: string
      /** JSON text, as the model wrote it. */
      readonly arguments: string
      /** As it came with the call, where the client's dialect has a place for it. */
      readonly signature?: string
      readonly extra?: Extra
    }
  | {
      readonly type: 'tool-result'
      readonly id: string
      readonly content: readonly Part[]
      readonly isError?: boolean
      readonly extra?: Extra
    }
  /** What only one dialect knows, kept whole. */
  | { readonly type: 'item'; readonly dialect: Dialect; readonly value: unknown }

/** One turn. Its parts are in the order in which they were said. */
export interface Message {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly parts: readonly Part[]
  readonly extra?: Extra
}

/** A function the model may ask to be called. */
export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. */
  readonly parameters: unknown
  /** Whether the arguments must follow the schema exactly. */
  readonly strict?: boolean
  readonly extra?: Extra
  /** A tool that only one dialect knows (a hosted search, a code sandbox), kept whole; `name` is its type then. */
  readonly item?: { readonly dialect: Dialect; readonly value: unknown }
}

/** What shape the answer must have. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: unknown
      readonly strict?: boolean
      readonly extra?: Extra
    }

/** Promise 3: readonly; `editRequest` is the only editor. */
export interface ChatRequest {
  /** The route the client asked for; the engine replaces it by its own model's name. */
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream: boolean
  readonly tools?: readonly Tool[]
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string }
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  /** How many choices; default 1. */
  readonly choices?: number
  readonly responseFormat?: ResponseFormat
  /** Asks how likely each token was, with the `top` likeliest in its place (0 to 20). */
  readonly logprobs?: { readonly top: number }
  /** Fields this type does not know, as they came. */
  readonly extra: Extra
  /** The dialect `extra` came in, here and in messages, parts and tools; absent in a request made by a program. */
  readonly dialect?: Dialect
}

// ---------------------------------------------------------------- answer

/** How likely a token was; `logprob` is a natural logarithm, `bytes` its UTF-8, `top` the likeliest in its place. */
export interface LogProbability {
  readonly token: string
  readonly logprob: number
  readonly bytes?: readonly number[] | null
  readonly top?: readonly LogProbability[]
  readonly extra?: Extra
}

/**
 * What a stream says. `choice` counts from 0. `start` carries no content and may come more than once; an event
 * with an empty text carries structure that only its dialect knows. `finish` gives the reason in the words of
 * the chat dialect (stop, length, tool_calls, content_filter), or in the engine's own where chat has none.
 */
export type ChatEvent =
  | {
      readonly type: 'start'
      readonly choice: number
      readonly id?: string
      readonly model?: string
      readonly extra?: Extra
    }
  | {
      readonly type: 'text'
      readonly choice: number
      readonly text: string
      readonly logprobs?: readonly LogProbability[]
      readonly extra?: Extra
    }
  | {
      readonly type: 'refusal'
      readonly choice: number
      readonly text: string
      readonly logprobs?: readonly LogProbability[]
      readonly extra?: Extra
    }
  | {
      readonly type: 'reasoning'
      readonly choice: number
      readonly text: string
      readonly signature?: string
      readonly extra?: Extra
    }
  | {
      readonly type: 'tool-call'
      readonly choice: number
      /** Which of the choice's calls, counting from 0. */
      readonly index: number
      /** Given in the call's first event. */
      readonly id?: string
      readonly name?: string
      /** A piece of the arguments' JSON text. */
      readonly arguments: string
      /** What the server that wrote the call wants back with it; with the first event. */
      readonly signature?: string
      readonly logprobs?: readonly LogProbability[]
      readonly extra?: Extra
    }
  | {
      readonly type: 'citation'
      readonly choice: number
      readonly passage: PassageReference
      /** The span of the answer it supports, in UTF-16 offsets. */
      readonly start: number
      readonly end: number
      readonly extra?: Extra
    }
  /** What only one dialect knows, kept whole. */
  | {
      readonly type: 'item'
      readonly choice: number
      readonly dialect: Dialect
      readonly value: unknown
      readonly extra?: Extra
    }
  | { readonly type: 'finish'; readonly choice: number; readonly reason: string; readonly extra?: Extra }
  | { readonly type: 'usage'; readonly choice: number; readonly usage: Usage; readonly extra?: Extra }
  | {
      readonly type: 'error'
      readonly choice: number
      readonly error: ArchitectError
      readonly extra?: Extra
    }

/** Promise 4: one per socket read, cut at the last event boundary. */
export interface Frame {
  /** Decodes on demand, once. Never throws: garbage is an `error` event. */
  events(): readonly ChatEvent[]
}

/** Promise 8: how an answer ended and what was used for it. Settles before the last frame is yielded. */
export interface Outcome {
  readonly end: 'finished' | 'failed' | 'cancelled' | 'blocked'
  /** Finish reason by choice. */
  readonly finish: ReadonlyMap<number, string>
  readonly usage: Usage
  readonly attempts: readonly Attempt[]
  readonly error?: ArchitectError
}

/** Why nobody wants the rest. */
export type CancelReason = 'client-gone' | 'superseded' | 'blocked' | 'deadline'

/** What answered: a deployment, or a stage on its own. */
export type AnsweredBy = DeploymentReference | { readonly stage: 'cache' | 'guard' }
/** An engine, by the name of its deployment and the name it knows its model by. */
export interface DeploymentReference {
  readonly deployment: string
  readonly model: string
}

/** An answer on its way, committed: something has been said, or it is complete. */
export interface ChatStream {
  readonly answeredBy: AnsweredBy
  readonly head: { readonly status: number; readonly headers: ReadonlyMap<string, string> }
  /** Single consumer. */
  readonly frames: AsyncIterable<Frame>
  /** Never rejects. */
  readonly outcome: Promise<Outcome>
  /** Promise 7: idempotent; settles `outcome`. */
  cancel(reason: CancelReason): Promise<Outcome>
}

// ---------------------------------------------------------------- model

/** What a model is known to be able to do. */
export interface ModelFacts {
  /** Tokens of prompt and answer together. */
  readonly contextLength: number
  readonly tools: boolean
  readonly vision: boolean
  /** BCP 47 tags it is known to answer in; empty when nothing is known. */
  readonly languages: readonly string[]
  /** The key under which `catalog` prices it. */
  readonly priceKey: string
  /** Set for a model that was trained for one task. */
  readonly task?: TaskFacts
}

/** A model that answers only by calling one tool, and so may be asked only where the request offers it. */
export interface TaskFacts {
  readonly tool: string
  /** Arguments of the call by which it says that the question is none of its business. */
  readonly outOfScope?: Readonly<Record<string, unknown>>
}

/** How many tokens a prompt has, and whether they were counted or estimated. */
export interface TokenCount {
  readonly tokens: number
  readonly exact: boolean
}

/** A text as it stands, or a chat as the model's template writes it. */
export type TokenizeRequest =
  | {
      readonly text: string
      /** Whether what the model puts before every text (BOS) is part of it. */
      readonly addsSpecialTokens: boolean
      readonly extra: ExtraFields
    }
  | { readonly chat: ChatRequest }

export interface Tokenization {
  /** Ids of the model's vocabulary. */
  readonly tokens: readonly number[]
  /** What stands for each token; where the engine says so. */
  readonly texts?: readonly string[]
  /** Tokens of prompt and answer together, as the engine has it. */
  readonly contextLength?: number
}

/** Both reject with an `llm.*` error: `llm.upstream-status` 404 where a server has no such endpoint. */
export interface Tokenizer {
  tokenize(request: TokenizeRequest, call: ModelCall): Promise<Tokenization>
  detokenize(tokens: readonly number[], call: ModelCall): Promise<string>
}

/** For whom and under which conditions a request is answered; the same for every attempt. */
export interface ChatCall {
  readonly requestId: string
  /** A hard partition: nothing of one tenant is visible to another. */
  readonly tenant: string
  readonly keyId: string
  /** For document access: the groups the caller belongs to, always with `public`. */
  readonly principal: readonly string[]
  /** Monotonic ms (the system's clock) after which the answer is of no use. */
  readonly deadlineMs?: number
  /** Monotonic ms by which the first content has to be there, where that is sooner than the deadline. */
  readonly commitByMs?: number
  readonly signal: AbortSignal
  /** W3C `traceparent`, passed on to engines. */
  readonly trace?: string
  /** W3C `tracestate`, likewise. */
  readonly traceState?: string
  /**
   * Headers that belong to the dialect of the client's request (`dialectHeaders`): an engine of that dialect is sent
   * them, no other.
   */
  readonly dialectHeaders?: Readonly<Record<string, string>>
  readonly promptVariant: string
  readonly routeArm: string
  /** Promise 9: called before and after each upstream call. */
  readonly recorder: AttemptRecorder
  /** Route and snapshot the request runs under, for the ledger. */
  readonly route: string
  readonly architectureHash: string
}

/** Whatever answers a chat: an engine, or a stage around one. */
export interface ChatModel {
  readonly id: string
  readonly facts: ModelFacts
  countTokens(request: ChatRequest): TokenCount
  /** Whether it can go on writing a raw text: answer requests of the dialect `openai-completions`. */
  readonly completes?: boolean
  /** The engine's own, where it can be asked. */
  readonly tokenizer?: Tokenizer
  /**
   * Promise 1: resolves at the first content of any choice, or with the whole answer when not streaming.
   * Before that it rejects with an ArchitectError whose `params.attempts` names what was tried, and nothing
   * has been sent, so the next candidate may be asked.
   * Promise 7: until it settles the model owns the socket, then the receiver.
   */
  open(request: ChatRequest, call: ChatCall): Promise<ChatStream>
}
