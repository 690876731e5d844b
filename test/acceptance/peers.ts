// The gateways of others that ours is measured beside: installed into a folder of their own, started on loopback in
// front of the mock upstream, and ended by their process id.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface StartedPeer {
  readonly name: string
  /** What `bench gateway` is told of it. */
  readonly options: readonly string[]
  close(): Promise<void>
}

export interface PeerPlace {
  /** An empty folder, or one in which it was installed before. */
  readonly folder: string
  /** `http://127.0.0.1:PORT/v1` of the mock upstream. */
  readonly upstream: string
}

export interface Peer {
  readonly name: string
  readonly version: string
  /** @throws what went wrong, in words for the evidence */
  start(place: PeerPlace): Promise<StartedPeer>
}

const key = 'sk-0123456789abcdef0123456789abcdef'

const portkey: Peer = {
  name: 'portkey',
  version: '@portkey-ai/gateway 1.15.2',
  start: async ({ folder, upstream }) => {
    mkdirSync(folder, { recursive: true })
    const manifest = {
      private: true,
      dependencies: { '@portkey-ai/gateway': '1.15.2' },
      // With later ones it does not stream.
      overrides: { '@hono/node-server': '1.13.8' },
    }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    await run(process.execPath, [npmCli(), 'install', '--silent', '--no-audit', '--no-fund'], { cwd: folder })
    const port = await freePort()
    const entry = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')
    const child = spawn(process.execPath, [entry, `--port=${port}`, '--headless'], {
      stdio: 'ignore',
      env: { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1' },
    })
    const headers = [
      `x-portkey-provider:openai`,
      `x-portkey-custom-host:${upstream}`,
      `authorization:Bearer ${key}`,
    ]
    return ready('portkey', { child, port, headers, withinMs: 60_000 })
  },
}

const litellm: Peer = {
  name: 'litellm',
  version: 'litellm[proxy] 1.108.7',
  start: async ({ folder, upstream }) => {
    const bin = join(folder, 'venv', 'bin')
    await run('python3', ['-m', 'venv', join(folder, 'venv')])
    const pip = ['install', '--quiet', '--disable-pip-version-check', 'litellm[proxy]==1.108.7', 'prisma']
    await run(join(bin, 'pip'), pip, { maxBuffer: 64 * 1024 * 1024 })
    const configuration = join(folder, 'config.yaml')
    writeFileSync(
      configuration,
      `model_list:
  - model_name: mock
    litellm_params: { model: openai/mock, api_base: "${upstream}", api_key: ${key} }
general_settings: { master_key: ${key} }
`,
    )
    const port = await freePort()
    const where = ['--host', '127.0.0.1', '--port', String(port), '--num_workers', '1']
    const child = spawn(join(bin, 'litellm'), ['--config', configuration, ...where], {
      stdio: 'ignore',
      cwd: folder,
      env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
    })
    return ready('litellm', { child, port, headers: [`authorization:Bearer ${key}`], withinMs: 180_000 })
  },
}

export const peers: readonly Peer[] = [portkey, litellm]

interface Starting {
  readonly child: ChildProcess
  readonly port: number
  /** NAME:VALUE */
  readonly headers: readonly string[]
  readonly withinMs: number
}

/** Resolves when it has answered a whole and a streamed request; the mock upstream must run. */
const ready = async (name: string, { child, port, headers, withinMs }: Starting): Promise<StartedPeer> => {
  const url = `http://127.0.0.1:${port}/v1`
  let failure: Error | undefined
  child.on('error', (error) => {
    failure = error
  })
  const isGone = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  const close = async () => {
    if (isGone()) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(killing)
  }
  const deadlineMs = performance.now() + withinMs
  for (let problem = ''; ; await delay(500)) {
    problem = await problemOf(url, headers)
    if (problem === '') break
    if (!isGone() && performance.now() < deadlineMs) continue
    await close()
    throw new Error(`${name} was installed and did not answer: ${failure?.message ?? problem}`)
  }
  const options = headers.flatMap((header) => ['--peer-header', `${name}=${header}`])
  return { name, options: ['--peer', `${name}=${url}`, ...options], close }
}

/** Why it does not answer as it should; empty when it does. */
const problemOf = async (url: string, headers: readonly string[]): Promise<string> => {
  const sent = Object.fromEntries(headers.map((header) => header.split(/:(.*)/s).slice(0, 2)))
  for (const stream of [false, true])
    try {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...sent },
        body: JSON.stringify({ model: 'mock', stream, messages: [{ role: 'user', content: 'hi' }] }),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await response.text()
      if (!response.ok || !text.includes(stream ? '[DONE]' : 'word47'))
        return `${response.status} ${text.slice(0, 200)}`
    } catch (error) {
      return String(error)
    }
  return ''
}

/** The npm that is on the path, to be run by the Node.js that runs this. */
const npmCli = (): string => {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    try {
      const npm = realpathSync(join(folder, 'npm'))
      if (npm.endsWith('.js')) return join(dirname(npm), 'npm-cli.js')
    } catch {
      // Not here.
    }
  throw new Error('npm is not on the path')
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
