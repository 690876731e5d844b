// What this machine is: cores, memory, instruction sets, engines that answer, keys in the environment.
// Asks engines for their list of models only; never sends a prompt, never prints a key.

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { Agent, request } from 'undici'
import { bytesPerGiB } from '../core/index.js'
import type { FoundEngine, MachineFacts } from '../planner/index.js'
import { measureSpeedScore } from './speed-score.js'

interface Probe {
  readonly name: string
  readonly port: number
  readonly path: string
}

/** Default ports of the engines' own documentation. vLLM and TGI share 8000 and 8080 with others: the list tells. */
const probes: readonly Probe[] = [
  { name: 'Ollama', port: 11434, path: '/v1/models' },
  { name: 'vLLM', port: 8000, path: '/v1/models' },
  { name: 'SGLang', port: 30000, path: '/v1/models' },
  { name: 'llama-server or TGI', port: 8080, path: '/v1/models' },
  { name: 'LM Studio', port: 1234, path: '/v1/models' },
]

const keyNames = [
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GEMINI_API_KEY',
  'AZURE_OPENAI_API_KEY',
  'MISTRAL_API_KEY',
  'GROQ_API_KEY',
  'DEEPSEEK_API_KEY',
  'OPENROUTER_API_KEY',
  'TOGETHER_API_KEY',
]

/** Looks around; takes about half a second. */
export const readMachineFacts = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<MachineFacts & { readonly freeMemoryGiB: number }> => {
  const engines = await findEngines()
  return {
    cores: availableParallelism(),
    memoryGiB: round(totalmem() / bytesPerGiB),
    freeMemoryGiB: round(freemem() / bytesPerGiB),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    instructionSets: instructionSets(),
    engines,
    apiKeys: keyNames.filter((name) => Boolean(environment[name])),
    speedScore: measureSpeedScore(),
  }
}

const round = (value: number) => Math.round(value * 10) / 10

const instructionSets = (): string[] => {
  if (process.arch === 'arm64') return ['neon']
  try {
    const flags = /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
    return ['avx2', 'avx512f', 'avx512_vnni', 'amx_tile'].filter((name) => flags.includes(name))
  } catch {
    return []
  }
}

const findEngines = async (): Promise<FoundEngine[]> => {
  const dispatcher = new Agent({ connect: { timeout: 300 } })
  const found = await Promise.all(probes.map((probe) => ask(probe, dispatcher)))
  await dispatcher.destroy()
  return found.filter((engine) => engine !== undefined)
}

const ask = async ({ name, port, path }: Probe, dispatcher: Agent): Promise<FoundEngine | undefined> => {
  const address = `http://127.0.0.1:${port}`
  try {
    const response = await request(`${address}${path}`, { dispatcher, signal: AbortSignal.timeout(500) })
    const body = (await response.body.json()) as { object?: unknown; data?: { id?: unknown }[] }
    if (response.statusCode !== 200 || !Array.isArray(body.data)) return undefined
    const models = body.data.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
    return { name, address: `${address}/v1`, models }
  } catch {
    return undefined
  }
}
