// What a provider mock is told when it starts, and the prices it charges. Knows no architecture.

/** Whole nano-dollars (1e-9 US dollars) per token, so that an invoice adds up without rounding. */
export interface PriceSheet {
  readonly inputNanoUsd: number
  readonly cachedInputNanoUsd: number
  readonly outputNanoUsd: number
}

/** JSON, handed to the process as its argument. */
export interface ProviderOptions {
  /** JSON lines, one per call that reached it; appended before the answer's last byte. */
  readonly invoiceFile: string
  readonly seed: number
  readonly prices: PriceSheet
  /** Share of calls answered by HTTP 500, in [0, 1]. */
  readonly failureShare: number
  /** Share of streams whose connection ends in the middle, in [0, 1]. */
  readonly cutOffShare: number
  /** Share of calls of which a part of the prompt is charged at the cached price, in [0, 1]. */
  readonly cachedShare: number
  /** Pause before each chunk of a stream, in ms. */
  readonly chunkDelayMs: number
}

/** The price of a small hosted model in 2026: 0.15, 0.075 and 0.60 US dollars per million tokens. */
export const defaultPrices: PriceSheet = { inputNanoUsd: 150, cachedInputNanoUsd: 75, outputNanoUsd: 600 }

/** One line of an invoice. */
export interface InvoiceLine {
  /** The `id` of the answer, which the client sees too. */
  readonly completionId: string
  /** The caller's `x-request-id`, if it sent one. */
  readonly requestId: string | null
  /** `refused` and `cut-off` are the provider's own failures. Nothing is charged for them. */
  readonly ended: 'finished' | 'refused' | 'cut-off'
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  readonly nanoUsd: number
}
