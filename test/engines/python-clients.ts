// Clients of the product that are written in Python: environments of their own with exact versions, and what a client
// sees of a server. What is right is for the tests to say.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OptionalEngine } from '../../src/cli/optional-engines/engine-table.js'
import { venvProgram } from '../../src/cli/optional-engines/install-site.js'
import { makeVenv, pipInstall } from '../../src/cli/optional-engines/python-steps.js'
import { runQuietly } from '../../src/cli/optional-engines/run-quietly.js'

const scripts = join(import.meta.dirname, 'python-clients')

/** The exact versions that a file of requirements names. */
const pinsOf = (file: string): readonly string[] =>
  readFileSync(join(scripts, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Everything is named by exact version, so nothing is left to be resolved. */
const clientsIn = (name: string, title: string, modules: string): OptionalEngine => {
  const pins = pinsOf(`${name}.txt`)
  return {
    name: `clients-${name}`,
    title,
    versions: {},
    lock: pins,
    diskGiB: 1,
    platforms: [],
    steps: [
      { name: 'environment', run: makeVenv({ title, minors: [11, 13] }) },
      { name: 'package', run: pipInstall('--no-deps', ...pins) },
      {
        name: 'check',
        run: async ({ directory, run }) => {
          await run([venvProgram(directory, 'python'), '-c', `import ${modules}`])
        },
      },
    ],
  }
}

/** Two, because LlamaIndex's client asks for an `openai` of the major version before. */
export const clientEnvironments = {
  'openai-langchain': clientsIn('openai-langchain', 'Clients in Python', 'openai, langchain_openai'),
  'llama-index': clientsIn('llama-index', 'LlamaIndex in Python', 'openai, llama_index.llms.openai_like'),
} as const

export interface ClientRun {
  readonly environment: keyof typeof clientEnvironments
  /** One of the scripts beside this file. */
  readonly script: 'openai_client.py' | 'langchain_client.py' | 'llama_index_client.py'
  readonly url: string
  readonly key?: string
  readonly model?: string
  readonly scenarios: readonly string[]
}

/**
 * What a client saw, by scenario.
 * @param home where the environments are installed
 */
export const runClient = async (
  home: string,
  { environment, script, url, key = 'la-key', model = 'chat', scenarios }: ClientRun,
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
): Promise<Record<string, any>> => {
  const python = venvProgram(join(home, clientEnvironments[environment].name), 'python')
  const options = JSON.stringify({ url, key, model, scenarios })
  const { PATH, HOME, TMPDIR } = process.env
  const { status, output, tail } = await runQuietly([python, join(scripts, script), options], {
    // Settings of the clients that lie about in the environment (keys, addresses, tracing) are no part of the test.
    environment: { PATH, HOME, TMPDIR, PYTHONNOUSERSITE: '1' },
  })
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${tail}`)
  return JSON.parse(output)
}
