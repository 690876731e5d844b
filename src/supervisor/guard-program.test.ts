import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { systemClock } from '../core/index.js'
import { guardProgram } from './guard-program.js'
import * as programRecord from './program-record.js'
import * as runProgram from './run-program.js'
import * as serveParent from './serve-parent.js'

vi.mock('./program-record.js', { spy: true })
vi.mock('./run-program.js', { spy: true })
vi.mock('./serve-parent.js', { spy: true })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'guard-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it('starts nothing when it is closed while it notes what it is about to start', async () => {
  let served: serveParent.ServeParentOptions | undefined
  vi.mocked(serveParent.serveParent).mockImplementation((options) => {
    served = options
  })
  vi.mocked(programRecord.recordProgram).mockImplementation(async () => served?.close?.())
  guardProgram({
    spec: {
      command: [process.execPath, '-e', ''],
      cwd: directory,
      host: '127.0.0.1',
      port: 1,
      readyUrl: 'http://127.0.0.1:1/',
      readyTimeoutMs: 1,
      logFile: join(directory, 'engine.log'),
      recordFile: join(directory, 'engine.json'),
      graceMs: 0,
    },
    env: process.env,
    clock: systemClock,
    explain: ({ kind }) => {
      throw new Error(kind)
    },
  })
  await served?.ready?.()
  expect(programRecord.recordProgram).toHaveBeenCalledOnce()
  expect(runProgram.runProgram).not.toHaveBeenCalled()
})
