// A second instance of the system under test, in a process tree and a state directory of its own, for drills.

import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Architecture, formatArchitecture } from '../spec/index.js'
import { type ProvingInstance, type ProvingOrder, patchArchitecture } from '../verify/index.js'
import { startServeProcess } from './serve-process.js'

/**
 * Starts an instance of `architecture`, changed as ordered.
 * @param adjust what a test changes in the instance that runs, behind the back of verification
 */
export const startProvingInstance = async (
  architecture: Architecture,
  order: ProvingOrder,
  adjust: (architecture: Architecture) => Architecture = (same) => same,
): Promise<ProvingInstance> => {
  const directory = order.directory ?? (await mkdtemp(join(tmpdir(), 'llm-architect-proving-')))
  const file = join(directory, 'architecture.yaml')
  await writeFile(
    file,
    formatArchitecture(withoutLaunch(adjust(patchArchitecture(architecture, order.patch)))),
  )
  const serve = await startServeProcess(file)
  return {
    url: serve.url,
    adminToken: serve.adminToken,
    pid: serve.pid,
    directory,
    waitReady: async (signal) => {
      await serve.ready
      signal.throwIfAborted()
    },
    kill: async (signal) => {
      process.kill(serve.pid, signal)
      await serve.exited
    },
    stop: async () => {
      serve.stop()
      await serve.exited
    },
  }
}

/** The engines run already, for the system that is being proved; a second one on the same port could not. */
const withoutLaunch = (architecture: Architecture): Architecture => ({
  ...architecture,
  deployments: architecture.deployments.map(({ launch: _, ...deployment }) => deployment),
})
