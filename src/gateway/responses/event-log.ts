// The events of one response as they come, for any number of readers who may come late, leave and come again. Knows no
// socket.

export interface EventLog {
  /** @param text whole events, in the order of their sequence numbers, which count from 0 */
  append(text: string): void
  /** @param isWhole false where the end that the events should have is missing */
  close(isWhole: boolean): void
  isWhole(): boolean
  bytes(): number
  text(): string
  /**
   * What came behind an event and what comes, until the log is closed or the signal aborted.
   * @param after sequence number; -1 for all
   */
  follow(after: number, signal: AbortSignal): AsyncGenerator<string>
}

export const createEventLog = (): EventLog => {
  const events: string[] = []
  let bytes = 0
  let end: 'open' | 'whole' | 'cut' = 'open'
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const wake of waiting) wake()
  }
  const change = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })

  return {
    append: (text) => {
      if (text === '') return
      events.push(...eventsIn(text))
      bytes += text.length
      tell()
    },
    close: (isWhole) => {
      end = isWhole ? 'whole' : 'cut'
      tell()
    },
    isWhole: () => end === 'whole',
    bytes: () => bytes,
    text: () => events.join(''),
    async *follow(after, signal) {
      for (let next = after + 1; !signal.aborted; ) {
        if (next < events.length) {
          const text = events.slice(next).join('')
          next = events.length
          yield text
        } else if (end !== 'open') return
        else await change(signal)
      }
    },
  }
}

/** The whole events of a text. */
export const eventsIn = (text: string): readonly string[] => text.split(/(?<=\n\n)/)
