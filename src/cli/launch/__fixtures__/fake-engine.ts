// Installs the stand-in for an engine in a folder, under the name of a real one.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** What the real engine printed, recorded with vLLM 0.32.0 on a CPU on 2026-11-25. */
export const recordedOutput = (name: string): string =>
  here(`../../../catalog/__fixtures__/vllm-0.32.0-${name}.txt`)

/** Writes an executable that is the stand-in. @returns its path */
export const installFakeEngine = (path: string): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${here('./fake-engine.mjs')}' "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

export interface FakeDeployment {
  readonly id: string
  readonly engine: string
  readonly model: string
  readonly address: string
  readonly launch: {
    readonly command: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly readyTimeoutSeconds?: number
  }
}

/** A deployment that starts the stand-in as `vllm` from the folder. */
export const fakeDeployment = (
  directory: string,
  { id = 'vllm', port, args = [], env = {} }: FakeOptions,
): FakeDeployment => ({
  id,
  engine: 'vllm',
  model: 'fake',
  address: `http://127.0.0.1:${port}/v1`,
  launch: {
    command: [
      installFakeEngine(join(directory, 'bin', 'vllm')),
      'serve',
      'fake',
      '--served-model-name',
      'fake',
      '--port',
      String(port),
      ...args,
    ],
    env: { FAKE_HELP: recordedOutput('help'), ...env },
  },
})

export interface FakeOptions {
  readonly id?: string
  readonly port: number
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
