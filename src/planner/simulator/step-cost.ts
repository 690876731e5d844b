// The one thing the simulator asks of a speed model: how long a step of the engine takes. Knows no formula.

/** What one forward pass computes, in sums over its sequences, so that a step is priced in constant time. */
export interface Step {
  /** Sequences that write an answer in this step. */
  readonly decodeSequences: number
  /** Tokens whose keys and values these sequences read, their new ones included. */
  readonly decodeContextTokens: number
  /** Tokens computed for each of these sequences: 1, or 1 + draft tokens with speculation. */
  readonly tokensPerDecode: number
  /** Sequences of whose prompt a part is read in this step. */
  readonly prefillSequences: number
  /** Prompt tokens read in this step. */
  readonly prefillTokens: number
  /** Tokens that these prompts already had in the cache: read again by the attention of their chunk. */
  readonly prefillContextTokens: number
  /** Pairs of tokens that the attention of the prompts compares: the sum of tokens x (context + tokens / 2). */
  readonly prefillPairs: number
}

export interface StepCost {
  /**
   * Time of a step in ms, more than 0 and finite.
   * @param step valid during the call only: the simulator fills the same object again for the next step
   */
  stepMs(step: Step): number
}
