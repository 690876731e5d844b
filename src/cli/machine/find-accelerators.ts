// The GPUs of this machine, as the vendors' own tools tell. Without the tools there are none to be found.

import { execFile } from 'node:child_process'
import type { FoundAccelerator } from '../../planner/index.js'

const toolTimeoutMs = 3000

/** @param path where the tools are looked for, as in PATH */
export const findAccelerators = async (path: string | undefined): Promise<readonly FoundAccelerator[]> => {
  const [nvidia, rocm] = await Promise.all([
    run(
      'nvidia-smi',
      ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'],
      path,
    ),
    run('rocm-smi', ['--showproductname', '--showmeminfo', 'vram', '--json'], path),
  ])
  return [...readNvidia(nvidia), ...readRocm(rocm)]
}

const run = (tool: string, args: readonly string[], path: string | undefined): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      tool,
      [...args],
      { timeout: toolTimeoutMs, maxBuffer: 1024 * 1024, env: { ...process.env, PATH: path } },
      (error, stdout) => resolve(error ? '' : stdout),
    )
  })

/** Lines of `NVIDIA H100 80GB HBM3, 81559, 570.86.15`; memory in MiB. */
const readNvidia = (text: string): readonly FoundAccelerator[] =>
  text.split('\n').flatMap((line) => {
    const [name, memory, driver] = line.split(',').map((field) => field.trim())
    const mebibytes = Number(memory)
    return name && Number.isFinite(mebibytes) && mebibytes > 0
      ? [{ vendor: 'NVIDIA' as const, name, memoryGiB: tenth(mebibytes / 1024), driver: driver || null }]
      : []
  })

/** An object of cards; memory in bytes. The name's key has changed its spelling between versions. */
const readRocm = (text: string): readonly FoundAccelerator[] => {
  const cards = parseObject(text)
  return Object.entries(cards).flatMap(([id, value]) => {
    if (!id.startsWith('card') || !value || typeof value !== 'object') return []
    const fields = Object.fromEntries(
      Object.entries(value).map(([key, field]) => [key.toLowerCase(), String(field)]),
    )
    const name = fields['card series'] ?? fields['card model'] ?? id
    const bytes = Number(fields['vram total memory (b)'])
    return Number.isFinite(bytes) && bytes > 0
      ? [{ vendor: 'AMD' as const, name, memoryGiB: tenth(bytes / 1024 ** 3), driver: null }]
      : []
  })
}

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value = JSON.parse(text) as unknown
    return value && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    // No such tool, or one that speaks otherwise: it names no cards.
    return {}
  }
}

const tenth = (value: number) => Math.round(value * 10) / 10
