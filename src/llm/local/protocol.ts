// What the gateway and the llama process say to each other. Plain JSON values; knows neither side.

import type { ChatRequest, LogProbability } from '../contract.js'

/** How a model is to be loaded; what the process gets as its argument. */
export interface LlamaArguments {
  /** The deployment's id, which errors name. */
  readonly deployment: string
  /** Absolute path of a GGUF file. */
  readonly modelPath: string
  /** Tokens of prompt and answer together; a model that was trained on less gets less. */
  readonly contextLength: number
  readonly threads: number
  /** Answers that are decoded at the same time, in one batch. */
  readonly sequences: number
  /** Requests that may wait for a sequence. */
  readonly maxWaiting: number
  readonly gpu: 'auto' | 'metal' | 'cuda' | 'vulkan' | false
  /** Adapters, added to the weights with their scale. */
  readonly lora: readonly { readonly path: string; readonly scale: number }[]
  /** Nothing but ranking is asked of the model, which must be made for that. */
  readonly ranks?: boolean
}

/** What the process knows of its model once it is loaded. */
export interface LlamaDescription {
  readonly architecture: string
  readonly parameters: number
  readonly contextLength: number
  readonly trainedContextLength: number
  readonly sequences: number
  readonly threads: number
  /** What computes: `cpu`, or the kind of graphics processor. */
  readonly device: string
  readonly embeddingDimensions: number
  readonly adapters: number
  /** Whether the file has a chat template, and whether that template shows tools to the model by itself. */
  readonly canChat: boolean
  readonly templateHasTools: boolean
}

/** The parts of a request that an answer depends on. One call asks for one choice. */
export interface LlamaChatParams
  extends Pick<
    ChatRequest,
    | 'messages'
    | 'tools'
    | 'toolChoice'
    | 'maxOutputTokens'
    | 'temperature'
    | 'topP'
    | 'stop'
    | 'seed'
    | 'responseFormat'
    | 'logprobs'
  > {
  /** A prompt's prefix is reused within one tenant only. */
  readonly tenant: string
}

/** What an answer says, in order. A tool call comes whole. */
export type Utterance =
  | { readonly type: 'text'; readonly text: string; readonly logprobs?: readonly LogProbability[] }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool-call'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly arguments: string
      readonly logprobs?: readonly LogProbability[]
    }

/** Sent when the prompt has been counted, then whenever something was said, and now and then when nothing was. */
export interface LlamaChatProgress {
  readonly promptTokens: number
  /** Of the prompt's, those that were not computed again. */
  readonly cachedTokens: number
  /** Tokens of the answer so far. */
  readonly completionTokens: number
  readonly said: readonly Utterance[]
}

export interface LlamaChatResult {
  readonly finish: 'stop' | 'length' | 'tool_calls'
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  /** Of the answer's, those in which the model only thought. */
  readonly reasoningTokens: number
}

/** A text as it stands, or a chat as the template writes it. */
export type LlamaTokenizeParams =
  | { readonly text: string; readonly addsSpecialTokens: boolean }
  | { readonly chat: LlamaChatParams }

export interface LlamaTokens {
  readonly tokens: readonly number[]
  /** What each stands for, in order; a token that is part of a character has a replacement character. */
  readonly texts: readonly string[]
}

export interface LlamaRanking {
  /** Between 0 and 1, in the order of the documents. */
  readonly scores: readonly number[]
  readonly tokens: number
}

export interface LlamaEmbeddings {
  /** Unit vectors, in the order of the texts. */
  readonly vectors: readonly (readonly number[])[]
  readonly tokens: number
}
