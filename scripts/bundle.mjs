// What a process loads at its start, in few files: a thousand small ones take longer to find and compile than to run.
// Our own code only; packages stay where they are. The entries share chunks, so that a plug-in that imports
// `llm-architect/plugin` gets the very objects that run. Reads dist/, writes dist/bundle/.

import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist')
const target = join(dist, 'bundle')

/** By the name of the file that comes of it: the command, its child processes, the worker thread, the public exports. */
const entries = {
  main: 'cli/main.js',
  'parse-worker': 'rag/parse-worker.js',
  index: 'index.js',
  spec: 'spec/index.js',
  planner: 'planner/index.js',
  testing: 'llm/testing.js',
  plugin: 'plugin.js',
  ...Object.fromEntries(
    readdirSync(join(dist, 'cli', 'processes'))
      .filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'))
      .map((name) => [basename(name, '.js'), `cli/processes/${name}`]),
  ),
}

const isOfPackage = (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id)

rmSync(target, { recursive: true, force: true })
// What was compiled of the last build is of no use any more.
const compiled = join(dirname(dist), 'node_modules', '.cache', 'llm-architect', 'compiled')
rmSync(compiled, { recursive: true, force: true })
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(dist, path)])),
  platform: 'node',
  external: isOfPackage,
})
await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
await bundle.close()
