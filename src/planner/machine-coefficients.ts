// How long the built-in engines and stages take on the reference core. Times of one request, in ms, without waiting.

/**
 * A machine of speed s takes 1/s of each. Starting values, to be replaced by what `verify` measures on the reference
 * core; the band is wide for as long as they are not.
 */
export const machineCoefficients = {
  /** HTTP, routing, guards on a short question, ledger: in the gateway's process. */
  gatewayMs: 3,
  /** Full-text search in the knowledge process, with the way there and back. */
  retrievalMs: 9,
  /** Choosing sentences from the passages, and the guards over them. */
  extractMs: 4,
  /** One token of an answer through guard and encoder. */
  tokenMs: 0.15,
  /** Squared coefficient of variation of the service time: between fixed (0) and exponential (1). */
  variation: 0.6,
  /** Measured over predicted that a tenth and nine tenths of the runs stay below. */
  band: { low: 0.5, high: 2.2 },
} as const
