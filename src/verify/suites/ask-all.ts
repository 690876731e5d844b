// Asks every item of a suite, a few at a time and in order of completion, and keeps the answers in the suite's
// order. A call that fails is an answer, too: `undefined`, which every score counts against the system.

import { ArchitectError } from '../../core/index.js'

export interface AskOptions {
  /** Calls under way at a time. */
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly onDone?: () => void
}

export const askAll = async <T, A>(
  items: readonly T[],
  ask: (item: T) => Promise<A>,
  { concurrency, signal, onDone }: AskOptions,
): Promise<(A | undefined)[]> => {
  const answers = new Array<A | undefined>(items.length)
  let next = 0
  const work = async () => {
    for (let i = next++; i < items.length; i = next++) {
      signal.throwIfAborted()
      answers[i] = await askOne(() => ask(items[i] as T))
      onDone?.()
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  return answers
}

const askOne = async <A>(ask: () => Promise<A>): Promise<A | undefined> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ArchitectError) return undefined
    throw error
  }
}
