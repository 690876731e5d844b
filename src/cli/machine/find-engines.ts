// Engines that answer on their usual local addresses. They are asked who they are and which models they have, never
// anything that makes one work.

import { Agent, type Dispatcher, request } from 'undici'
import type { FoundEngine } from '../../planner/index.js'

/** Default ports of the engines' own documentation; several engines share some, so each is asked who it is. */
const usualPorts = [
  8000, // vLLM, Triton
  30000, // SGLang
  8080, // llama-server, TGI
  3000, // TGI in a container
  11434, // Ollama
  1234, // LM Studio
]

interface Signature {
  readonly name: string
  readonly path: string
  /** Whether the answer is that of this engine. */
  readonly isIts: (body: Readonly<Record<string, unknown>>) => boolean
}

/** In this order: vLLM's and SGLang's `version` alone would also fit others. */
const signatures: readonly Signature[] = [
  { name: 'Triton', path: '/v2', isIts: ({ name }) => name === 'triton' },
  { name: 'TGI', path: '/info', isIts: (body) => 'model_id' in body && 'version' in body },
  { name: 'SGLang', path: '/get_server_info', isIts: (body) => 'version' in body },
  { name: 'llama-server', path: '/props', isIts: (body) => 'default_generation_settings' in body },
  { name: 'Ollama', path: '/api/version', isIts: (body) => 'version' in body },
  { name: 'LM Studio', path: '/api/v0/models', isIts: ({ data }) => Array.isArray(data) },
  { name: 'vLLM', path: '/version', isIts: (body) => 'version' in body },
]

/** An address of a user's own, in the form in which Ollama takes it: `host:port` or a URL. */
const ollamaOrigin = (host: string | undefined): readonly string[] => {
  if (!host) return []
  const url = URL.parse(/^https?:/.test(host) ? host : `http://${host}`)
  if (!url) return []
  const port = url.port || '11434'
  // 0.0.0.0 is where a server listens, not where it can be called.
  const hostname = url.hostname === '0.0.0.0' ? '127.0.0.1' : url.hostname
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
    ? [`${url.protocol}//${hostname}:${port}`]
    : []
}

export interface EngineSearch {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Ports of 127.0.0.1 to ask; default the usual ones. */
  readonly ports?: readonly number[]
  /** For one answer. Default 500. */
  readonly timeoutMs?: number
}

/** The engines that answer on this machine, each with its models; takes at most about a second. */
export const findEngines = async (search: EngineSearch): Promise<readonly FoundEngine[]> => {
  const { environment, ports = usualPorts, timeoutMs = 500 } = search
  const origins = new Set([
    ...ports.map((port) => `http://127.0.0.1:${port}`),
    ...ollamaOrigin(environment.OLLAMA_HOST),
  ])
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } })
  try {
    const found = await Promise.all([...origins].map((origin) => identify(origin, { dispatcher, timeoutMs })))
    return found.filter((engine) => engine !== undefined)
  } finally {
    await dispatcher.destroy()
  }
}

interface Asking {
  readonly dispatcher: Dispatcher
  readonly timeoutMs: number
}

const identify = async (origin: string, asking: Asking): Promise<FoundEngine | undefined> => {
  const [models, triton] = await Promise.all([
    getJson(`${origin}/v1/models`, asking),
    tritonModels(origin, asking),
  ])
  if (triton) return { name: 'Triton', address: origin, models: triton }
  if (!models || !Array.isArray(models.data)) return undefined
  const names = models.data.flatMap((model: { id?: unknown }) =>
    typeof model?.id === 'string' ? [model.id] : [],
  )
  return { name: await nameOf(origin, asking), address: `${origin}/v1`, models: names }
}

/** What answers like OpenAI and is none of those known keeps a name that says so. */
const nameOf = async (origin: string, asking: Asking): Promise<string> => {
  const answers = await Promise.all(signatures.map(({ path }) => getJson(`${origin}${path}`, asking)))
  const at = signatures.findIndex(({ isIts }, i) => {
    const body = answers[i]
    return body !== undefined && isIts(body)
  })
  return signatures[at]?.name ?? 'OpenAI-compatible'
}

const tritonModels = async (origin: string, asking: Asking): Promise<readonly string[] | undefined> => {
  const server = await getJson(`${origin}/v2`, asking)
  if (server?.name !== 'triton') return undefined
  const index = await askJson(`${origin}/v2/repository/index`, { ...asking, method: 'POST' })
  return Array.isArray(index)
    ? index.flatMap((model: { name?: unknown }) => (typeof model?.name === 'string' ? [model.name] : []))
    : []
}

const getJson = async (url: string, asking: Asking) => {
  const body = await askJson(url, { ...asking, method: 'GET' })
  return body && typeof body === 'object' && !Array.isArray(body)
    ? (body as Readonly<Record<string, unknown>>)
    : undefined
}

/** The JSON of an answer with status 200; undefined for anything else. */
const askJson = async (
  url: string,
  { dispatcher, timeoutMs, method }: Asking & { readonly method: 'GET' | 'POST' },
): Promise<unknown> => {
  try {
    const response = await request(url, { dispatcher, method, signal: AbortSignal.timeout(timeoutMs) })
    if (response.statusCode === 200) return await response.body.json()
    await response.body.dump()
  } catch {
    // Nobody there, or no answer in time: not an engine.
  }
  return undefined
}
