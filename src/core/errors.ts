// The one error of the product. Knows no message: each domain makes its errors from its own catalogue.

import type { Message, MessageCatalogue, Params } from './messages.js'

export interface ErrorOptions {
  /** Whether the same call may succeed later, unchanged. Default false. */
  readonly retryable?: boolean
  readonly cause?: unknown
}

/** An expected failure. `message` is its English rendering, for logs; the edges render `code` and `params`. */
export class ArchitectError extends Error implements Message {
  override readonly name = 'ArchitectError'
  readonly code: string
  readonly params: Params
  readonly retryable: boolean

  constructor(code: string, params: Params, english: string, options: ErrorOptions = {}) {
    super(english, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.params = params
    this.retryable = options.retryable ?? false
  }

  /** The form that crosses a process boundary; `reviveError` reads it. */
  toJSON() {
    return { code: this.code, params: this.params, message: this.message, retryable: this.retryable }
  }
}

/**
 * Returns the function that makes the errors of one catalogue.
 * @example
 * export const storeError = errorFactory(storeMessages)
 * throw storeError('store.locked', { directory })
 */
export const errorFactory =
  <C extends MessageCatalogue>(catalogue: C) =>
  <K extends keyof C & string>(
    code: K,
    params: Parameters<C[K]['en']>[0],
    options: ErrorOptions = {},
  ): ArchitectError => {
    const rendering = catalogue[code] as C[K]
    return new ArchitectError(code, params, rendering.en(params), options)
  }

/** The error that `toJSON` wrote in another process; anything else becomes `core.unexpected`. */
export const reviveError = (value: unknown): ArchitectError => {
  if (value instanceof ArchitectError) return value
  const data = value as Partial<ReturnType<ArchitectError['toJSON']>> | undefined
  if (typeof data?.code === 'string' && data.params && typeof data.message === 'string')
    return new ArchitectError(data.code, data.params, data.message, { retryable: data.retryable ?? false })
  return toArchitectError(value)
}

/** Wraps what is not an ArchitectError as `core.unexpected`, keeping it as the cause. */
export const toArchitectError = (value: unknown): ArchitectError => {
  if (value instanceof ArchitectError) return value
  const detail =
    value instanceof Error ? value.message : String((value as Message | undefined)?.code ?? value)
  return new ArchitectError('core.unexpected', { detail }, `Unexpected failure: ${detail}`, { cause: value })
}
