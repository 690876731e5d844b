// From a request's arrival to the scheduler's queue: time of one CPU process, taken in order, and a fixed delay.

export interface ApiServer {
  /** CPU time per request (HTTP, tokenizer, hand-over) during which no other request is handled, ms. */
  readonly msPerRequest: number
  /** The same per prompt token, ms; default 0. */
  readonly msPerInputToken?: number
  /** Delay that requests do not wait for in one another, ms; default 0. */
  readonly delayMs?: number
}

/** @returns when a request is with the scheduler; to be asked in order of arrival */
export const createApiServer = (options: ApiServer | undefined) => {
  if (!options) return (atMs: number, _inputTokens: number) => atMs
  const { msPerRequest, msPerInputToken = 0, delayMs = 0 } = options
  let freeMs = 0
  return (atMs: number, inputTokens: number): number => {
    freeMs = Math.max(freeMs, atMs) + msPerRequest + msPerInputToken * inputTokens
    return freeMs + delayMs
  }
}
