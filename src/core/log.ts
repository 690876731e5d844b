// The port through which every room logs. Knows no format and no destination: `telemetry` implements it.

type Write = (fields: object, message: string) => void

/** Structured logging: what is searched for goes into `fields`, `message` is a constant sentence. */
export interface Log {
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

const ignore: Write = () => {}

/** A log that keeps nothing: for tests and for one-shot commands. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
