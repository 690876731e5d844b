// What a process loads at its start, in few files: a thousand small ones take longer to find and compile than to run.
// Our own code, and packages of hundreds of small files; other packages stay where they are. The entries share chunks,
// so that a plug-in that imports `llm-architect/plugin` gets the very objects that run, and each loads only those that it
// uses something of. Reads dist/, writes dist/bundle/.

import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
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

/** Hundreds of small files, of which little is used: together half of the time of each start. */
const bundledPackages = ['commander', 'kysely', 'prom-client', 'undici', 'yaml', 'zod']

const packageOf = (id) => id.split('/')[0]
const isOfPackage = (id) =>
  !/^[./\0]|^[A-Za-z]:/.test(id) && !bundledPackages.includes(packageOf(id)) && id !== 'node:http'

const namesOfFetch = ['WebSocket', 'CloseEvent', 'MessageEvent']
const namesOfHttp = Object.getOwnPropertyNames(http).filter((name) => !namesOfFetch.includes(name))

/**
 * An import of `node:http` reads all that it exports, and three of its names make Node load the whole of `fetch`: 40 ms
 * of each start.
 */
const httpWithoutFetch = {
  name: 'http-without-fetch',
  resolveId: (id) => (id === 'node:http' ? '\0http' : undefined),
  load: (id) =>
    id === '\0http'
      ? `export const { ${namesOfHttp.join(', ')} } = process.getBuiltinModule('node:http')`
      : undefined,
}

/**
 * Of these packages what the product uses. Their indexes load more: undici's `fetch`, web sockets, caches and mocks,
 * prom-client's default metrics, with the API of OpenTelemetry, and its cluster, with `node:cluster`.
 */
const narrowed = {
  undici: `
import api from 'undici/lib/api/index.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import global from 'undici/lib/global.js'

export { Agent, EnvHttpProxyAgent, Pool }
export const request = (address, { dispatcher = global.getGlobalDispatcher(), ...options } = {}) => {
  const { origin, pathname, search } = new URL(address)
  return api.request.call(dispatcher, { method: 'GET', ...options, origin, path: pathname + search })
}`,
  'prom-client': `
import Counter from 'prom-client/lib/counter.js'
import Gauge from 'prom-client/lib/gauge.js'
import Registry from 'prom-client/lib/registry.js'

export { Counter, Gauge, Registry }`,
}
const narrowPackages = {
  name: 'narrow-packages',
  resolveId: (id) => (id in narrowed ? `\0${id}` : undefined),
  load: (id) => narrowed[id.replace('\0', '')],
}

rmSync(target, { recursive: true, force: true })
// What was compiled of the last build is of no use any more.
rmSync(join(root, 'node_modules', '.cache', 'llm-architect', 'compiled'), { recursive: true, force: true })
const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(dist, path)])),
  platform: 'node',
  external: isOfPackage,
  plugins: [httpWithoutFetch, narrowPackages],
  // No module does anything but export.
  treeshake: { moduleSideEffects: false },
})
await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
await bundle.close()
for (const name of bundledPackages)
  copyFileSync(join(root, 'node_modules', name, 'LICENSE'), join(target, `LICENSE.${name}`))
