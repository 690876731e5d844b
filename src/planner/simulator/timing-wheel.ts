// Which sequences have something to do at which step: constant time to add, move and remove. Knows not what it is.
// Source: G. Varghese, A. Lauck, Hashed and hierarchical timing wheels, SOSP 1987, scheme 4.

import type { Sequence } from './sequence.js'

export interface TimingWheel {
  /** @param tick at most `span` steps ahead */
  add(sequence: Sequence, tick: number): void
  remove(sequence: Sequence): void
  /** The first sequence of a step; the others follow by `wheelAfter`. */
  first(tick: number): Sequence | null
  /** Steps from this one on without any sequence, at most all there are. */
  emptySteps(tick: number): number
  /** Empties a step and returns its first sequence, whose followers stay linked. */
  drain(tick: number): Sequence | null
}

/** @param span the farthest step that can be asked for, counted from the one under way */
export const createTimingWheel = (span: number): TimingWheel => {
  const slots: (Sequence | null)[] = new Array(span + 2).fill(null)
  const slotOf = (tick: number) => tick % slots.length
  return {
    add: (sequence, tick) => {
      const slot = slotOf(tick)
      const head = slots[slot] ?? null
      sequence.wheelSlot = slot
      sequence.wheelBefore = null
      sequence.wheelAfter = head
      if (head) head.wheelBefore = sequence
      slots[slot] = sequence
    },
    remove: (sequence) => {
      const { wheelBefore, wheelAfter, wheelSlot } = sequence
      if (wheelBefore) wheelBefore.wheelAfter = wheelAfter
      else slots[wheelSlot] = wheelAfter
      if (wheelAfter) wheelAfter.wheelBefore = wheelBefore
    },
    first: (tick) => slots[slotOf(tick)] ?? null,
    emptySteps: (tick) => {
      let steps = 0
      while (steps <= span && !slots[slotOf(tick + steps)]) steps++
      return steps
    },
    drain: (tick) => {
      const slot = slotOf(tick)
      const head = slots[slot] ?? null
      slots[slot] = null
      return head
    },
  }
}
