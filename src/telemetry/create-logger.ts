// The logger: JSON lines through pino, secrets taken out, written off the caller's path. Knows no domain.

import { pino, stdSerializers, stdTimeFunctions } from 'pino'
import type { Log } from '../core/index.js'
import { createLogSink, type LogStream } from './log-sink.js'
import { redactLine } from './redact-line.js'

/** pino's number of the level `error`. */
const errorLevel = 50

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface Logger extends Log {
  /** A logger whose lines all carry these fields. */
  child(fields: Readonly<Record<string, unknown>>): Logger
}

export interface RootLogger extends Logger {
  /** Writes what is held back; called before the process ends. */
  flush(): void
  /** Lines dropped because the stream did not keep up. */
  dropped(): number
}

/**
 * Creates the logger of a process. Lines are gathered per turn of the event loop and dropped, counted, when the
 * stream is 1 MiB behind; errors are written at once. Keys, authorization headers and passwords are
 * replaced by `[redacted]` wherever they stand in a line.
 * @param stream where lines go, for example `process.stderr`
 * @param name which process speaks, when there are several
 */
export const createLogger = ({
  level,
  stream,
  name,
}: {
  readonly level: LogLevel
  readonly stream: LogStream
  readonly name?: string
}): RootLogger => {
  const sink = createLogSink(stream)
  const destination = {
    lastLevel: 0,
    // Tells pino to leave the number of each line's level in `lastLevel`.
    [Symbol.for('pino.metadata')]: true,
    write(line: string) {
      sink.write(redactLine(line))
      if (destination.lastLevel >= errorLevel) sink.flush()
    },
  }
  const log = pino(
    {
      level,
      base: name === undefined ? { pid: process.pid } : { name, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.errWithCause, error: stdSerializers.errWithCause },
    },
    destination,
  )
  return Object.assign(log as Logger, { flush: sink.flush, dropped: sink.dropped })
}
