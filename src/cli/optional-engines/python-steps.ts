// Steps that engines written in Python share: their environment, packages in it, and mending one that was cut off.

import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findPython, type PythonNeed, probePython } from './find-python.js'
import { type InstallSite, venvProgram } from './install-site.js'

/** Makes the environment, or keeps the one that is there if its Python still starts. */
export const makeVenv =
  (need: PythonNeed) =>
  async (site: InstallSite): Promise<void> => {
    const venv = join(site.directory, 'venv')
    const python = venvProgram(site.directory, 'python')
    if (existsSync(python) && (await isUsable(python, site))) {
      await site.run([python, '-c', dropHalfInstalled])
      return
    }
    const base = await findPython(need, probePython(site.environment), site.environment.LLM_ARCHITECT_PYTHON)
    await rm(venv, { recursive: true, force: true })
    await mkdir(site.directory, { recursive: true })
    await site.run([base, '-m', 'venv', venv])
  }

const isUsable = async (python: string, site: InstallSite): Promise<boolean> => {
  try {
    await site.run([python, '-m', 'pip', '--version'])
    return true
  } catch (error) {
    if (site.signal?.aborted) throw error
    return false
  }
}

/** pip writes INSTALLER and RECORD last: without them a package was cut off, and pip would take it for installed. */
const dropHalfInstalled = `
import importlib.metadata, pathlib, shutil, sysconfig
for info in pathlib.Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
    if not all((info / name).exists() for name in ("INSTALLER", "RECORD")):
        shutil.rmtree(info)
`

/**
 * Nothing is compiled beforehand: Python does so itself for what is loaded, a fraction of what lies there.
 * @param args packages and options of pip; where packages come from is the user's configuration of pip
 */
export const pipInstall =
  (...args: readonly string[]) =>
  async (site: InstallSite): Promise<void> => {
    const constraints = site.constraintsFile === undefined ? [] : ['--constraint', site.constraintsFile]
    await site.run([
      venvProgram(site.directory, 'python'),
      ...['-m', 'pip', 'install', '--quiet', '--no-compile', ...constraints, ...args],
    ])
  }

/**
 * PyTorch. The index the user's pip knows gives the build for NVIDIA's cards, of several GiB, unless
 * LLM_ARCHITECT_TORCH_INDEX names PyTorch's own index of CPU builds, or a wheel of one lies on a `find-links` of pip.
 */
export const installTorch =
  (version: string) =>
  async (site: InstallSite): Promise<void> => {
    const index = site.environment.LLM_ARCHITECT_TORCH_INDEX
    await pipInstall(...(index ? ['--index-url', index] : []), `torch==${version}`)(site)
  }

/**
 * Metadata without a package: what asks for it by name, pip among them, takes it for installed.
 * @param name as it is written in the name of the folder of metadata
 */
export const writeMetadata =
  (name: string, version: string) =>
  async (site: InstallSite): Promise<void> => {
    const folder = join(await sitePackages(site), `${name}-${version}.dist-info`)
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'METADATA'),
      ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, ''].join('\n'),
    )
    await writeFile(join(folder, 'INSTALLER'), 'llm-architect\n')
    await writeFile(join(folder, 'RECORD'), '')
  }

/** Where the environment's packages lie. */
export const sitePackages = async (site: InstallSite): Promise<string> => {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))'
  return (await site.run([venvProgram(site.directory, 'python'), '-c', code])).trim()
}

/** What an installed package requires, but for some packages. */
export const installRequirements =
  (packageName: string, without: readonly string[]) =>
  async (site: InstallSite): Promise<void> => {
    const python = venvProgram(site.directory, 'python')
    const code = `import importlib.metadata as m; print("\\n".join(m.requires("${packageName}") or []))`
    const requires = (await site.run([python, '-c', code])).split('\n')
    const file = join(site.directory, 'requirements.txt')
    await writeFile(file, `${requirementsWithout(requires, without).join('\n')}\n`)
    await pipInstall('--requirement', file)(site)
  }

/** Requirements as a wheel's metadata lists them (PEP 508), without those of extras and without some packages. */
export const requirementsWithout = (
  requires: readonly string[],
  without: readonly string[],
): readonly string[] =>
  requires
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/;.*\bextra\s*==/.test(line))
    .filter((line) => !without.includes(normalName(/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? '')))

/** PEP 503. */
const normalName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-')
