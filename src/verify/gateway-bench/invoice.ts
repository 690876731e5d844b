// The bill of the mock provider: what it served, by model and by how it ended. Knows no request.

/** Nano-dollars (1e-9 US dollars) per token, so that sums are whole numbers. */
export interface InvoicePrice {
  readonly input: number
  readonly output: number
}

/** As the ledger names the ends of attempts. */
export type InvoiceEnd = 'finished' | 'failed' | 'cancelled'

export interface InvoiceEntry {
  readonly model: string
  readonly end: InvoiceEnd
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface InvoiceLine extends InvoiceEntry {
  readonly requests: number
  /** Whole nano-dollars. */
  readonly nanoUsd: number
}

export interface Invoice {
  add(entry: InvoiceEntry): void
  lines(): readonly InvoiceLine[]
}

/** @param prices by model; one without is served for nothing */
export const createInvoice = (prices: Readonly<Record<string, InvoicePrice>>): Invoice => {
  const lines = new Map<string, InvoiceLine>()
  return {
    add: ({ model, end, inputTokens, outputTokens }) => {
      const { input, output } = prices[model] ?? { input: 0, output: 0 }
      const line = lines.get(`${model} ${end}`)
      lines.set(`${model} ${end}`, {
        model,
        end,
        requests: (line?.requests ?? 0) + 1,
        inputTokens: (line?.inputTokens ?? 0) + inputTokens,
        outputTokens: (line?.outputTokens ?? 0) + outputTokens,
        nanoUsd: (line?.nanoUsd ?? 0) + inputTokens * input + outputTokens * output,
      })
    },
    lines: () => [...lines.values()],
  }
}
