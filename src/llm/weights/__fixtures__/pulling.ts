// A folder for one test, and a pull into it that never sleeps.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../../core/index.js'
import { type PlanOptions, planPull } from '../plan-pull.js'
import { type PullOptions, pullModel } from '../pull-model.js'

export interface Workplace {
  readonly directory: string
  readonly modelsDirectory: string
  /** What the clock was asked to wait. */
  readonly waitsMs: number[]
  readonly clock: Clock
  pull(
    name: string,
    environment: Readonly<Record<string, string | undefined>>,
    options?: Partial<PullOptions & PlanOptions>,
  ): ReturnType<typeof pullModel>
  remove(): Promise<void>
}

export const createWorkplace = async (): Promise<Workplace> => {
  const directory = await mkdtemp(join(tmpdir(), 'weights-'))
  const modelsDirectory = join(directory, 'models')
  const waitsMs: number[] = []
  const clock: Clock = {
    ...systemClock,
    sleep: async (ms, signal) => {
      waitsMs.push(ms)
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
  }
  return {
    directory,
    modelsDirectory,
    waitsMs,
    clock,
    pull: async (name, environment, options = {}) => {
      const signal = options.signal ?? new AbortController().signal
      const plan = await planPull(name, { directory, environment, clock, ...options, signal })
      try {
        return await pullModel(plan, { modelsDirectory, clock, ...options, signal })
      } finally {
        await plan.close()
      }
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
