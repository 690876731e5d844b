// A command of the product, run in this process with what it writes caught.

import { vi } from 'vitest'
import { runCommandLine } from '../../src/cli/run-command-line.js'
import type { Language } from '../../src/core/index.js'

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export const runCommand = async (
  args: readonly string[],
  language: Language = 'en',
  signal = new AbortController().signal,
): Promise<Ran> => {
  const out = catchWrites(process.stdout)
  const err = catchWrites(process.stderr)
  try {
    const status = await runCommandLine({ args, language, environment: process.env, signal })
    return { status, stdout: out.text(), stderr: err.text() }
  } finally {
    out.restore()
    err.restore()
  }
}

/** Runs a command with --json. @returns the status, and stdout as the one document it must be */
export const runJson = async (...args: string[]) => {
  const { status, stdout, stderr } = await runCommand([...args, '--json'])
  return { status, stderr, document: JSON.parse(stdout) }
}

const catchWrites = (stream: NodeJS.WriteStream) => {
  const pieces: string[] = []
  const spy = vi.spyOn(stream, 'write').mockImplementation((piece) => {
    pieces.push(String(piece))
    return true
  })
  return { text: () => pieces.join(''), restore: () => spy.mockRestore() }
}
