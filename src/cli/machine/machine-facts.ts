// What this machine is: cores, memory, instruction sets, GPUs, engines that answer, keys in the environment.
// Never sends a prompt, never prints a key.

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { bytesPerGiB } from '../../core/index.js'
import type { MachineFacts } from '../../planner/index.js'
import { findAccelerators } from './find-accelerators.js'
import { findEngines } from './find-engines.js'
import { measureSpeedScore } from './speed-score.js'

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
  const [engines, accelerators] = await Promise.all([
    findEngines({ environment }),
    findAccelerators(environment.PATH),
  ])
  return {
    cores: availableParallelism(),
    memoryGiB: tenth(totalmem() / bytesPerGiB),
    freeMemoryGiB: tenth(freemem() / bytesPerGiB),
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    instructionSets: instructionSets(),
    accelerators,
    engines,
    apiKeys: keyNames.filter((name) => Boolean(environment[name])),
    speedScore: measureSpeedScore(),
  }
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** Vector and matrix extensions that inference engines use. */
const used = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile']

const instructionSets = (): string[] => {
  if (process.arch === 'arm64') return ['neon']
  try {
    const flags = /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
    return used.filter((name) => flags.includes(name))
  } catch {
    // Only Linux has the file; elsewhere the engines find out by themselves.
    return []
  }
}
