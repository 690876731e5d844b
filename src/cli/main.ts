// The process behind bin/llm-architect.mjs: reads the command line, runs the command, sets the exit status.

import { Socket } from 'node:net'
import { type Language, languageOfLocale, languages } from '../core/index.js'
import { runCommandLine } from './run-command-line.js'

const stop = new AbortController()
/** One Ctrl-C arrives twice, from the terminal and from the launcher. */
const sameSignalMs = 300
let firstSignalMs = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) {
      firstSignalMs = performance.now()
      stop.abort(signal)
      // The second signal ends the process at once: somebody is in a hurry.
    } else if (performance.now() - firstSignalMs > sameSignalMs) process.exit(130)
  })
}

/** Who reads the result has left (`| head`): there is nothing more to do, and nothing to complain about. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  stop.abort('output-gone')
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** The launcher holds a pipe open; when it closes, the launcher is gone, and so are we. */
const launcherDescriptor = process.env.LLM_ARCHITECT_LAUNCHER_FD
if (launcherDescriptor !== undefined) {
  delete process.env.LLM_ARCHITECT_LAUNCHER_FD
  const pipe = new Socket({ fd: Number(launcherDescriptor), readable: true, writable: false })
  pipe.on('error', () => stop.abort('launcher-gone'))
  pipe.on('close', () => stop.abort('launcher-gone'))
  pipe.resume()
  pipe.unref()
}

/** The language is needed before the options are parsed: help texts are in it. */
const languageOf = (args: readonly string[]): Language => {
  const position = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='))
  const written = position < 0 ? undefined : (args[position]?.split('=')[1] ?? args[position + 1])
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  return languages.find((language) => language === written) ?? languageOfLocale(LC_ALL || LC_MESSAGES || LANG)
}

const args = process.argv.slice(2)
process.exitCode = await runCommandLine({
  args,
  language: languageOf(args),
  environment: process.env,
  signal: stop.signal,
})
