// What an engine of a test is to do.

export interface Scenario {
  readonly pieces: readonly string[]
  /** Resolves when the piece of this number may be said. */
  readonly gate?: (piece: number) => Promise<void>
  readonly finish?: string
  readonly usage?: { readonly input: number; readonly output: number }
  /** Answers with an error in place of the first piece. */
  readonly isDown?: boolean
  /** Dies after so many pieces. */
  readonly diesAfter?: number
  /** Ends cleanly, but without a finish, after so many pieces. */
  readonly endsAfter?: number
  /** Says nothing more after so many pieces. */
  readonly stallsAfter?: number
}
