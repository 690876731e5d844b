import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireDirectoryLock } from '../supervisor/index.js'
import type { CommandContext } from './command-context.js'
import { render } from './render.js'
import { start } from './start-command.js'
import { startDirectory } from './start-directory.js'
import { createTerminal } from './terminal.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'start-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('start', () => {
  it('keeps its state in a checkout, and beside the caller where the package was installed', () => {
    expect(startDirectory(directory, '/work')).toBe('/work/.llm-architect')
    writeFileSync(join(directory, 'tsconfig.build.json'), '{}')
    expect(startDirectory(directory, '/work')).toBe(join(directory, '.llm-architect'))
  })

  it('says that the directory is in use before it says anything else', async () => {
    const lock = await acquireDirectoryLock(directory)
    const written: string[] = []
    const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream
    const terminal = createTerminal(
      { language: 'en', json: false, render },
      { stdout: stream, stderr: stream, stdin: {} },
    )
    const context: CommandContext = {
      language: 'en',
      text: (en) => en,
      terminal: () => terminal,
      environment: process.env,
      signal: new AbortController().signal,
      exitWith: () => {},
    }
    await expect(start({ once: true }, context, directory)).rejects.toMatchObject({
      code: 'supervisor.directory-locked',
      params: { pid: process.pid },
    })
    expect(written).toEqual([])
    await lock.release()
  })
})
