// The memory of the machine's GPUs, from nvidia-smi where it is. Knows no engine.

import { execFile } from 'node:child_process'
import { bytesPerGiB, type Clock } from '../../core/index.js'
import type { GpuMemory } from '../../telemetry/index.js'

const query = ['--query-gpu=index,memory.used,memory.total', '--format=csv,noheader,nounits']
const timeoutMs = 5000
const bytesPerMiB = bytesPerGiB / 1024

/** Reads every 15 s until `stop` is aborted, and not again on a machine without nvidia-smi. Empty while it does not answer. */
export const watchGpuMemory = (options: {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly everyMs?: number
}): (() => readonly GpuMemory[]) => {
  const { environment, clock, stop, everyMs = 15_000 } = options
  let last: readonly GpuMemory[] = []
  const watch = async () => {
    while (!stop.aborted) {
      const text = await readSmi(environment, stop)
      if (text === undefined) return
      last = gpuMemoryIn(text)
      // Aborted: the loop sees it.
      await clock.sleep(everyMs, stop).catch(() => {})
    }
  }
  void watch()
  return () => last
}

/** Lines such as `0, 71234, 81559`, in MiB. */
const gpuMemoryIn = (text: string): readonly GpuMemory[] =>
  text.split('\n').flatMap((line) => {
    const [gpu = '', used, total] = line.split(',').map((part) => part.trim())
    const usedBytes = Number(used) * bytesPerMiB
    const totalBytes = Number(total) * bytesPerMiB
    return Number.isFinite(usedBytes) && Number.isFinite(totalBytes) ? [{ gpu, usedBytes, totalBytes }] : []
  })

/** Undefined where there is no such program; nothing where it fails. */
const readSmi = (
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const env = environment as NodeJS.ProcessEnv
    execFile(
      'nvidia-smi',
      query,
      { env, signal, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 20 },
      (error, stdout) => {
        if (error) resolve(error.code === 'ENOENT' ? undefined : '')
        else resolve(stdout)
      },
    )
  })
