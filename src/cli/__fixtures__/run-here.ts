// The command line in this process, for tests: what it prints is caught.

import { vi } from 'vitest'
import type { Language } from '../../core/index.js'
import { runCommandLine } from '../run-command-line.js'

export const runHere = async (args: readonly string[], language: Language = 'en') => {
  const out: string[] = []
  const err: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0)
  const status = await runCommandLine({
    args,
    language,
    environment: {},
    signal: new AbortController().signal,
  })
  vi.restoreAllMocks()
  return { status, out: out.join(''), err: err.join('') }
}
