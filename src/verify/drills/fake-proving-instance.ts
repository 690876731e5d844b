// A proving instance made of the fixture system, for tests: a process of its own with a ledger file on disk.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProvingInstance } from '../ports.js'
import type { FakeSystemOptions } from '../testing.js'

const fixture = fileURLToPath(new URL('../__fixtures__/system.mjs', import.meta.url))

export interface FakeProvingInstance extends ProvingInstance {
  readonly childPid: number
}

export const startFakeProvingInstance = async (
  options: FakeSystemOptions & { readonly orphan?: boolean },
  directory?: string,
): Promise<FakeProvingInstance> => {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'proving-')))
  const args = JSON.stringify({ ...options, ledgerFile: join(folder, 'ledger.jsonl') })
  const child = spawn(process.execPath, [fixture, args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { url, child: childPid } = JSON.parse(line.toString('utf8')) as { url: string; child: number }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return {
    url,
    adminToken: 'fake-admin',
    pid: child.pid ?? 0,
    directory: folder,
    childPid,
    waitReady: async () => {},
    kill: end,
    stop: () => end('SIGTERM'),
  }
}
