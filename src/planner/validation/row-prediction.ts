// What is predicted for a row that is not of closed-loop serving.

/** ms, ms, output tokens/s; null = the row's load does not say. */
export interface RowPrediction {
  readonly tpot: number | null
  readonly ttft: number | null
  readonly throughput: number | null
}
