// A local model in its real process, from a file that the test writes, for as long as a test file runs.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock } from '../../../core/index.js'
import { type SupervisedChild, superviseChild } from '../../../supervisor/index.js'
import { testCall, testRequest } from '../../__fixtures__/call.js'
import { deployment, facts } from '../../__fixtures__/subjects.js'
import type { ChatRequest } from '../../contract.js'
import { createLocalModel, type LocalModel } from '../../engines/local.js'
import { type Answer, generate } from '../../generate.js'
import type { LlamaArguments } from '../protocol.js'

export interface LocalProcess {
  readonly model: LocalModel
  readonly child: SupervisedChild
  /** The whole answer to one message. Takes the likeliest token unless the request says otherwise. */
  ask(text: string, request?: Partial<ChatRequest>): Promise<Answer>
}

export interface LocalProcesses {
  path(name: string): string
  write(name: string, file: Uint8Array): Promise<string>
  start(modelPath: string, args?: Partial<LlamaArguments>): LocalProcess
  close(): Promise<void>
}

export const createLocalProcesses = async (): Promise<LocalProcesses> => {
  const folder = await mkdtemp(join(tmpdir(), 'local-model-'))
  const closers: (() => Promise<void>)[] = []
  const path = (name: string) => join(folder, name)
  return {
    path,
    write: async (name, file) => {
      await writeFile(path(name), file)
      return path(name)
    },
    start: (modelPath, args) => {
      const started = startLocalProcess(modelPath, args)
      closers.push(started.model.close)
      return started
    },
    close: async () => {
      await Promise.all(closers.map((close) => close()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const llamaArguments = (modelPath: string, changes: Partial<LlamaArguments> = {}): LlamaArguments => ({
  deployment: deployment.id,
  modelPath,
  contextLength: 2048,
  threads: 1,
  sequences: 3,
  maxWaiting: 8,
  gpu: false,
  lora: [],
  ...changes,
})

const startChild = (entry: string, args: object): SupervisedChild =>
  superviseChild({
    name: 'local model',
    entry,
    args,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    clock: systemClock,
    log: silentLog,
    restart: { initialDelayMs: 10, maxDelayMs: 20 },
  })

/** A process that loads models to see whether it can: `loading.mjs`. */
export const startLoading = (): SupervisedChild =>
  startChild(fileURLToPath(new URL('./loading.mjs', import.meta.url)), {})

const startLocalProcess = (modelPath: string, changes?: Partial<LlamaArguments>): LocalProcess => {
  const args = { ...llamaArguments(modelPath, changes), logLevel: 'error' }
  const child = startChild('dist/bundle/llama.js', args)
  const model = createLocalModel({ deployment, facts, port: child, clock: systemClock, temperature: 0 })
  return {
    model,
    child,
    ask: (text, request) => generate(model, asking(text, request), testCall()),
  }
}

export const asking = (text: string, request: Partial<ChatRequest> = {}): ChatRequest =>
  testRequest({ messages: [{ role: 'user', parts: [{ type: 'text', text, source: 'user' }] }], ...request })
