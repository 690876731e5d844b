// llama-server and llama-quantize, built from the source of llama.cpp that node-llama-cpp carries as a git bundle:
// the same llama.cpp that answers in process, and nothing is downloaded.

import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../package-file.js'
import type { InstallSite } from './install-site.js'
import { engineError } from './messages.js'
import { runQuietly } from './run-quietly.js'

const title = 'llama-server'
const targets = ['llama-server', 'llama-quantize'] as const

const tools = [
  { tool: 'git', packages: 'git' },
  { tool: 'cmake', packages: 'cmake' },
  { tool: 'c++', packages: 'build-essential' },
] as const

const sourceOf = ({ directory }: InstallSite) => join(directory, 'source')

/** @throws `engines.tool-missing` */
export const unpackLlamaSource = async (site: InstallSite): Promise<void> => {
  for (const { tool, packages } of tools) {
    const { status } = await runQuietly([tool, '--version'], site)
    // One that was stopped says nothing of what is there: the next program tells that the whole is stopped.
    if (status !== 0 && !site.signal?.aborted)
      throw engineError('engines.tool-missing', { title, tool, packages })
  }
  const source = sourceOf(site)
  if (existsSync(join(source, 'CMakeLists.txt'))) return
  await rm(source, { recursive: true, force: true })
  await mkdir(site.directory, { recursive: true })
  const bundle = packageFile(join('node_modules', 'node-llama-cpp', 'llama', 'gitRelease.bundle'))
  await site.run(['git', 'clone', '--quiet', bundle, source])
}

/** Goes on where an earlier build stopped. */
export const buildLlamaServer = async (site: InstallSite): Promise<void> => {
  const source = sourceOf(site)
  const build = join(source, 'build')
  await site.run(
    [
      'cmake',
      ...['-S', source, '-B', build, '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF'],
      ...['-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF', '-DLLAMA_BUILD_TESTS=OFF', '-DLLAMA_BUILD_EXAMPLES=OFF'],
    ],
    source,
  )
  const jobs = String(availableParallelism())
  await site.run(['cmake', '--build', build, '--target', ...targets, '-j', jobs], source)
  const bin = join(site.directory, 'bin')
  await mkdir(bin, { recursive: true })
  for (const name of targets) await copyFile(join(build, 'bin', name), join(bin, name))
}

export const checkLlamaServer = async (site: InstallSite): Promise<void> => {
  // llama-quantize has no call that ends well without a model to work on.
  await site.run([join(site.directory, 'bin', 'llama-server'), '--version'])
}
