// The part of the AI SDK's language model specification, V3 and V4, that the engine `ai-sdk` uses. Only shapes: the
// packages that have such models are the user's, and none of them is known here.

/** Versions of the specification that are understood. */
export const providerVersions: readonly string[] = ['v3', 'v4']

export interface ProviderModel {
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  /** URLs that the provider reads by itself, by media type. */
  readonly supportedUrls: PromiseLike<SupportedUrls> | SupportedUrls
  /** @param call a `ProviderCall`; the specification's own type has the same fields, and lets them be changed */
  doGenerate(call: object): PromiseLike<ProviderAnswer>
  doStream(call: object): PromiseLike<ProviderStream>
}

export type SupportedUrls = Readonly<Record<string, readonly RegExp[]>>

/** What one provider understands and no other, by its name. */
export type ProviderFields = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface ProviderCall {
  readonly prompt: readonly ProviderMessage[]
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  readonly responseFormat?: {
    readonly type: 'json'
    readonly schema?: unknown
    readonly name?: string
    readonly description?: string
  }
  readonly tools?: readonly {
    readonly type: 'function'
    readonly name: string
    readonly description?: string
    readonly inputSchema: unknown
    readonly strict?: boolean
  }[]
  readonly toolChoice?:
    | { readonly type: 'auto' | 'none' | 'required' }
    | { readonly type: 'tool'; readonly toolName: string }
  /** V4 only. */
  readonly reasoning?: string
  readonly abortSignal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly providerOptions?: ProviderFields
}

export type ProviderMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user' | 'assistant' | 'tool'; readonly content: readonly ProviderPart[] }

export type ProviderPart =
  | { readonly type: 'text'; readonly text: string }
  | ProviderFile
  | { readonly type: 'reasoning'; readonly text: string; readonly providerOptions?: ProviderFields }
  | {
      readonly type: 'tool-call'
      readonly toolCallId: string
      readonly toolName: string
      readonly input: unknown
    }
  | {
      readonly type: 'tool-result'
      readonly toolCallId: string
      readonly toolName: string
      readonly output: { readonly type: 'text' | 'error-text' | 'content'; readonly value: unknown }
    }

/** `data` is a tagged object in V4; in V3 it is the base64 text or the URL itself. */
export interface ProviderFile {
  readonly type: 'file'
  readonly mediaType: string
  readonly filename?: string
  readonly data: unknown
}

export interface ProviderWarning {
  readonly type: string
  readonly feature?: string
  readonly details?: string
  readonly message?: string
}

/** V4 says `{unified, raw}`, and V3 has said both that and a bare word. */
export type ProviderFinish = string | { readonly unified: string; readonly raw?: string | undefined }

export interface ProviderUsage {
  readonly inputTokens: {
    readonly total?: number | undefined
    readonly cacheRead?: number | undefined
    readonly cacheWrite?: number | undefined
  }
  readonly outputTokens: { readonly total?: number | undefined; readonly reasoning?: number | undefined }
}

/** One piece of an answer, or of a stream. Types that are not known here are passed over. */
export interface ProviderPiece {
  readonly type: string
  readonly id?: string | undefined
  readonly text?: string
  readonly delta?: string
  readonly toolCallId?: string
  readonly toolName?: string
  readonly input?: string
  readonly inputEncoding?: string
  readonly providerExecuted?: boolean
  readonly providerMetadata?: ProviderFields
  readonly mediaType?: string
  readonly warnings?: readonly ProviderWarning[]
  readonly finishReason?: ProviderFinish
  readonly usage?: ProviderUsage
  readonly error?: unknown
}

export interface ProviderAnswer {
  readonly content: readonly ProviderPiece[]
  /** In place of all texts where the answer was to have a shape: without drafts that went before. */
  readonly structuredOutputText?: string
  readonly finishReason: ProviderFinish
  readonly usage: ProviderUsage
  readonly warnings: readonly ProviderWarning[]
  readonly response?: { readonly headers?: Readonly<Record<string, string>> }
}

export interface ProviderStream {
  readonly stream: ReadableStream<ProviderPiece>
  readonly response?: { readonly headers?: Readonly<Record<string, string>> }
}
