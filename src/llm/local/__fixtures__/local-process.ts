// Local models from files that the test writes, for as long as a test file runs: in real processes of their own, or
// together in one process.

import { randomUUID } from 'node:crypto'
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
import type { LlamaPort } from '../../engines/local-port.js'
import { type Answer, generate } from '../../generate.js'
import type { LlamaArguments } from '../protocol.js'

export interface LoadedModel {
  readonly model: LocalModel
  /** The whole answer to one message. Takes the likeliest token unless the request says otherwise. */
  ask(text: string, request?: Partial<ChatRequest>): Promise<Answer>
}

export interface LocalProcess extends LoadedModel {
  readonly child: SupervisedChild
}

export interface LocalProcesses {
  path(name: string): string
  write(name: string, file: Uint8Array): Promise<string>
  /** In the process that the product starts. */
  start(modelPath: string, args?: Partial<LlamaArguments>): LocalProcess
  /** In one process with the others, which is faster: `models.mjs`. */
  load(modelPath: string, args?: Partial<LlamaArguments>): LoadedModel
  close(): Promise<void>
}

export const createLocalProcesses = async (): Promise<LocalProcesses> => {
  const folder = await mkdtemp(join(tmpdir(), 'local-model-'))
  const models: LocalModel[] = []
  let shared: SupervisedChild | undefined
  const path = (name: string) => join(folder, name)
  return {
    path,
    write: async (name, file) => {
      await writeFile(path(name), file)
      return path(name)
    },
    start: (modelPath, args) => {
      const started = startLocalProcess(modelPath, args)
      models.push(started.model)
      return started
    },
    load: (modelPath, args) => {
      shared ??= startChild(fileURLToPath(new URL('./models.mjs', import.meta.url)), {})
      const loaded = modelOf(sharedPort(shared, llamaArguments(modelPath, args)))
      models.push(loaded.model)
      return loaded
    },
    close: async () => {
      await Promise.all(models.map((model) => model.close()))
      await shared?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const llamaArguments = (modelPath: string, changes: Partial<LlamaArguments> = {}): LlamaArguments => ({
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

/** The process of many models, as far as it holds this one. */
const sharedPort = (child: SupervisedChild, args: LlamaArguments): LlamaPort => {
  const id = randomUUID()
  const ready = child.request<void>('load', { id, args })
  return {
    ready,
    request: async (method, params, options) => {
      await ready
      return child.request('ask', { id, method, params }, options)
    },
    close: () => child.request('unload', { id }),
  }
}

const modelOf = (port: LlamaPort): LoadedModel => {
  const model = createLocalModel({ deployment, facts, port, clock: systemClock, temperature: 0 })
  return { model, ask: (text, request) => generate(model, asking(text, request), testCall()) }
}

const startLocalProcess = (modelPath: string, changes?: Partial<LlamaArguments>): LocalProcess => {
  const child = startChild('dist/bundle/llama.js', {
    ...llamaArguments(modelPath, changes),
    logLevel: 'error',
  })
  return { ...modelOf(child), child }
}

export const asking = (text: string, request: Partial<ChatRequest> = {}): ChatRequest =>
  testRequest({ messages: [{ role: 'user', parts: [{ type: 'text', text, source: 'user' }] }], ...request })
