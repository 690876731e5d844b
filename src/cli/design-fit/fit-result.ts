// What `design fit` answers to one case, and to one line of a file. Types only.

import type { Message } from '../../core/index.js'
import type { FitAnswer } from '../../planner/index.js'

/** A message beside its text in the reader's language. */
type Said = Message & { readonly message: string }

export interface Answered {
  readonly json: Omit<FitAnswer, 'warnings'> & { readonly warnings: readonly Said[] }
  readonly text: string
}

export type Result = {
  readonly line: number
  readonly id?: unknown
  readonly error?: Said
} & Partial<Answered['json']>
