// Installs the optional engine `transformers` into the project's state: 470 MB that not everybody needs.

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { loadTransformers } from './load-transformers.js'
import { cliError } from './messages.js'
import { transformersFolder, transformersPackage } from './onnx-model.js'

export interface InstallTransformersOptions {
  readonly stateDirectory: string
  /** As it is: npm needs proxies, certificates and its own settings. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** What npm says, line by line. */
  readonly onOutput: (line: string) => void
}

/**
 * Installs the library where `serve` looks for it, and loads it once.
 * @returns the folder
 * @throws `cli.transformers-not-installed` | `cli.transformers-broken`
 */
export const installTransformers = async (options: InstallTransformersOptions): Promise<string> => {
  const { stateDirectory, environment } = options
  const folder = transformersFolder(stateDirectory)
  await mkdir(folder, { recursive: true })
  const { name, version } = transformersPackage
  // The binaries for processors come in the package; scripts would only fetch those for graphics cards.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http']
  const args = ['install', '--prefix', folder, ...flags, `${name}@${version}`]
  const env = { ...environment, ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip' }
  const { status, tail } = await runNpm(args, { ...options, env })
  options.signal.throwIfAborted()
  if (status !== 0) throw cliError('cli.transformers-not-installed', { folder, detail: tail })
  await loadTransformers(folder)
  return folder
}

interface NpmRun extends Pick<InstallTransformersOptions, 'environment' | 'signal' | 'onOutput'> {
  readonly env: Readonly<Record<string, string | undefined>>
}

const tailLines = 5

const runNpm = (args: readonly string[], { environment, env, signal, onOutput }: NpmRun) => {
  const { npm_execpath: script } = environment
  const [command, first] = script === undefined ? ['npm', []] : [process.execPath, [script]]
  return new Promise<{ readonly status: number | null; readonly tail: string }>((resolve) => {
    const lines: string[] = []
    const child = spawn(command, [...first, ...args], { env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
          lines.push(line)
          onOutput(line)
        }
      })
    child.on('error', (error) => resolve({ status: null, tail: error.message }))
    child.on('close', (status) => resolve({ status, tail: lines.slice(-tailLines).join(' ') }))
  })
}
