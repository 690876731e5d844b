// Starts a process of the benchmark: the load generator, the mock upstream or the bare dispatch proxy.

import { systemClock } from '../../core/index.js'
import { type SupervisedChild, superviseChild } from '../../supervisor/index.js'
import { createLogger } from '../../telemetry/index.js'
import { childEnvironment } from '../child-environment.js'
import { processEntry } from '../package-file.js'
import type { BenchRole } from '../processes/bench.js'

export interface StartedRole {
  readonly child: SupervisedChild
  readonly pid: number
  /** 0 for one that does not listen. */
  readonly port: number
}

export const startRole = async (
  role: BenchRole,
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<StartedRole> => {
  const child = superviseChild({
    name: `bench ${role.role}`,
    entry: processEntry('bench'),
    args: role,
    env: childEnvironment(environment),
    clock: systemClock,
    log: createLogger({ level: 'error', stream: process.stderr }),
  })
  try {
    await child.ready
    const port = (await child.request<number | null>('port', {}, signal ? { signal } : {})) ?? 0
    return { child, pid: child.pid() as number, port }
  } catch (error) {
    await child.close()
    throw error
  }
}
