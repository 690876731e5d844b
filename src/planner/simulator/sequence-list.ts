// Sequences in order, with constant-time insertion at both ends and removal anywhere. A sequence is in one list only.

import type { Sequence } from './sequence.js'

export interface SequenceList {
  readonly first: Sequence | null
  readonly last: Sequence | null
  readonly size: number
  append(sequence: Sequence): void
  prepend(sequence: Sequence): void
  remove(sequence: Sequence): void
}

export const createSequenceList = (): SequenceList => {
  let first: Sequence | null = null
  let last: Sequence | null = null
  let size = 0
  return {
    get first() {
      return first
    },
    get last() {
      return last
    },
    get size() {
      return size
    },
    append: (sequence) => {
      sequence.before = last
      sequence.after = null
      if (last) last.after = sequence
      else first = sequence
      last = sequence
      size++
    },
    prepend: (sequence) => {
      sequence.before = null
      sequence.after = first
      if (first) first.before = sequence
      else last = sequence
      first = sequence
      size++
    },
    remove: (sequence) => {
      const { before, after } = sequence
      if (before) before.after = after
      else first = after
      if (after) after.before = before
      else last = before
      sequence.before = null
      sequence.after = null
      size--
    },
  }
}
