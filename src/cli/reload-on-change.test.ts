import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { cliError } from './messages.js'
import { reloadOnChange } from './reload-on-change.js'
import { render } from './render.js'
import { createTerminal } from './terminal.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'reload-on-change-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const contextIn = (language: 'en' | 'zh-TW') => {
  let said = ''
  const write = (piece: Buffer, _encoding: string, done: () => void) => {
    said += piece.toString()
    done()
  }
  const stream = new Writable({ write })
  const terminal = createTerminal(
    { language, json: false, render },
    { stdout: stream, stderr: stream, stdin: {} },
  )
  const text = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  return { said: () => said, context: { text, terminal: () => terminal } }
}

it('reloads when the file changes, and says so or why not in the language of the reader', async () => {
  const { said, context } = contextIn('zh-TW')
  const file = join(directory, 'architecture.yaml')
  writeFileSync(file, 'a')
  const reload = vi.fn().mockResolvedValue({})
  const stop = reloadOnChange(file, { reload }, context)
  writeFileSync(join(directory, 'other.yaml'), 'b')
  writeFileSync(file, 'b')
  await vi.waitFor(() => expect(said()).toBe('architecture.yaml：已重新載入\n'), { timeout: 5000 })
  reload.mockRejectedValue(cliError('cli.restart-needed', { fields: 'server.host' }))
  writeFileSync(file, 'c')
  await vi.waitFor(() => expect(said()).toContain('重新載入無法變更 server.host'), { timeout: 5000 })
  expect(reload).toHaveBeenCalledTimes(2)
  stop()
})

it('goes on without watching where the system does not let it, and says so', () => {
  const { said, context } = contextIn('en')
  const refuses = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, watch'), { code: 'ENOSPC' })
  }
  reloadOnChange(join(directory, 'architecture.yaml'), { reload: vi.fn() }, context, refuses)()
  expect(said()).toContain('architecture.yaml is not watched for changes')
  expect(said()).toContain('ENOSPC')
})

it('goes on where the watching fails later', () => {
  const { said, context } = contextIn('en')
  const watcher = Object.assign(new EventEmitter(), { close: vi.fn() })
  reloadOnChange(join(directory, 'architecture.yaml'), { reload: vi.fn() }, context, () => watcher)
  watcher.emit('error', new Error('EMFILE'))
  expect(said()).toContain('EMFILE')
  expect(watcher.close).toHaveBeenCalled()
})
