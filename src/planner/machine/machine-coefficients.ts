// How long the built-in engines and stages take on the reference core. Times of one request, in ms, without waiting.

/**
 * A machine of speed s takes 1/s of each. From the scorecards, the single requests and the processor times of
 * `npm start -- --once` on the reference core and on one of speed 1.5 (20 requests/s, 259 answers). The band is that of
 * runs beside other work.
 */
export const machineCoefficients = {
  /** HTTP, routing, guards on a short question, ledger: in the gateway's process. */
  gatewayMs: 3,
  /** The same for a short request while no other is served. */
  aloneMs: 1,
  /** Full-text search in the knowledge process, with the way there and back. */
  retrievalMs: 9,
  /** Choosing sentences from the passages, and the guards over them. */
  extractMs: 4,
  /** One token of an answer through guard and encoder. */
  tokenMs: 0.05,
  /** The same for the slowest twentieth of the answers: one pause of the process over a short answer. */
  slowTokenMs: 2,
  /** Mean answer, tokens: a sentence or two of the documents, whatever the real model would write. */
  answerTokens: 20,
  /** Squared coefficient of variation of the service time: nearly fixed (0 = fixed, 1 = exponential). */
  variation: 0.1,
  /** Measured over predicted that a tenth and nine tenths of the runs stay below. */
  band: { low: 0.5, high: 2.2 },
} as const
