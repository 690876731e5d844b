// The way of log lines to their stream: gathered and written once per turn of the event loop, bounded while the
// stream is slow, and counted when dropped. Knows nothing of what a line says.

export interface LogStream {
  /** False when the stream wants to be left alone until `drain`. */
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

export interface LogSink {
  write(line: string): void
  /** Writes what is held back now, whatever the stream says: for the last words of a process. */
  flush(): void
  /** Lines that were dropped since the start because the stream did not keep up. */
  dropped(): number
}

/** @param maxHeldBytes characters held while the stream is slow; what comes beyond is dropped. Default 1 MiB */
export const createLogSink = (stream: LogStream, maxHeldBytes = 1024 * 1024): LogSink => {
  let held: string[] = []
  let heldLength = 0
  let scheduled = false
  let blocked = false
  let dropped = 0

  const flush = () => {
    if (held.length === 0) return
    const text = held.join('')
    held = []
    heldLength = 0
    if (stream.write(text) || blocked) return
    blocked = true
    stream.once('drain', () => {
      blocked = false
      flush()
    })
  }
  const flushLater = () => {
    scheduled = false
    if (!blocked) flush()
  }

  return {
    write: (line) => {
      if (blocked && heldLength + line.length > maxHeldBytes) {
        dropped++
        return
      }
      held.push(line)
      heldLength += line.length
      if (scheduled || blocked) return
      scheduled = true
      setImmediate(flushLater)
    },
    flush,
    dropped: () => dropped,
  }
}
