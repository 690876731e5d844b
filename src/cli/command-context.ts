// What every command is given: its terminal, its language, its place in the file system.

import type { Language } from '../core/index.js'
import type { Terminal } from './terminal.js'

export interface CommandContext {
  readonly language: Language
  /** A help text in the reader's language. */
  text(en: string, zhTW: string): string
  /** The terminal, once the options are read (`--json`, `--lang`). */
  terminal(): Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C, by SIGTERM, or when the launcher is gone. */
  readonly signal: AbortSignal
  /** Sets the exit status: 0 done, 1 the answer is no, 2 bad input, 130 stopped before it was done. */
  exitWith(status: 0 | 1 | 2 | 130): void
}
