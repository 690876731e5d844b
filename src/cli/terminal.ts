// Where a command writes: results to stdout, everything for people to stderr. Knows no command.

import type { Language, Message, Renderer } from '../core/index.js'

export interface Terminal {
  readonly language: Language
  /** One JSON document on stdout in place of text for people. */
  readonly json: boolean
  readonly render: (message: Message) => string
  /** Text for people: stdout, or stderr when stdout carries JSON. */
  print(text: string): void
  /** Progress and remarks: always stderr. */
  note(text: string): void
  /** The result: printed on stdout if `--json`, otherwise as the text that `text()` makes. */
  result(value: unknown, text: () => string): void
  /** A progress line that replaces itself on a terminal and is silent in a pipe. `total` 0 = unknown. */
  progress(title: string, done: number, total: number): void
  /** A line of text that replaces itself like progress. */
  status(text: string): void
  /** Ends the progress line, so that the next text starts on a line of its own. */
  progressEnd(): void
  readonly isInteractive: boolean
}

interface Streams {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  readonly stdin: { isTTY?: boolean }
}

export const createTerminal = (
  options: { readonly language: Language; readonly json: boolean; readonly render: Renderer },
  streams: Streams = process,
): Terminal => {
  const { language, json } = options
  let hasProgress = false
  const clear = () => {
    if (hasProgress) streams.stderr.write('\r\u001B[K')
    hasProgress = false
  }
  const write = (stream: NodeJS.WritableStream, text: string) => {
    clear()
    stream.write(text.endsWith('\n') ? text : `${text}\n`)
  }
  const replace = (line: string) => {
    if (!streams.stderr.isTTY) return
    hasProgress = true
    streams.stderr.write(`\r\u001B[K${line}`)
  }
  return {
    language,
    json,
    isInteractive: Boolean(streams.stdin.isTTY && streams.stderr.isTTY),
    render: (message) => options.render(message, language),
    print: (text) => write(json ? streams.stderr : streams.stdout, text),
    note: (text) => write(streams.stderr, text),
    result: (value, text) => write(streams.stdout, json ? JSON.stringify(value, null, 2) : text()),
    progress: (title, done, total) => replace(progressLine(title, done, total)),
    status: replace,
    progressEnd: clear,
  }
}

const barWidth = 24

const progressLine = (title: string, done: number, total: number): string => {
  if (total <= 0) return `${title} … ${done}`
  const filled = Math.round((Math.min(done, total) / total) * barWidth)
  return `${title} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}`
}
