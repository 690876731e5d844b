// What changes when a package of Python is installed anew, told from its files: a module changes without its
// interpreter. Starts no Python, which takes longer than all of this.

import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface PackagePlaces {
  readonly interpreter: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/**
 * @param module as after `-m`: `vllm.entrypoints.openai.api_server`
 * @returns undefined where its files are not known, or may be edited in place
 */
export const stampPackage = async (
  module: string,
  { interpreter, env, cwd }: PackagePlaces,
): Promise<readonly (string | number)[] | undefined> => {
  const name = module.split('.')[0] ?? module
  // Both come before what is installed.
  if (env.PYTHONPATH || (await timeOf(join(cwd, name))) || (await timeOf(join(cwd, `${name}.py`))))
    return undefined
  const folders = await packageFolders(dirname(dirname(interpreter)), env.HOME)
  const stamps = await Promise.all(folders.map((folder) => stampIn(folder, name)))
  return stamps.some(({ isInstalled }) => isInstalled) ? stamps.flatMap(({ stamp }) => stamp) : undefined
}

/** The folders in which an interpreter of this prefix may find packages. */
const packageFolders = async (prefix: string, home: string | undefined): Promise<readonly string[]> => {
  const libraries = [join(prefix, 'lib'), join(prefix, 'local', 'lib')]
  if (home) libraries.push(join(home, '.local', 'lib'))
  const found = await Promise.all(
    libraries.map(async (library) => {
      const versions = (await namesIn(library)).filter((name) => /^python3(\.\d+)?$/.test(name))
      return versions.flatMap((version) =>
        ['site-packages', 'dist-packages'].map((folder) => join(library, version, folder)),
      )
    }),
  )
  return found.flat()
}

/** An installer makes the package's folder anew, and the version stands in the name of the one beside it. */
const stampIn = async (folder: string, name: string) => {
  const times = [await timeOf(folder), await timeOf(join(folder, name))]
  const versions = (await namesIn(folder)).filter((entry) => entry.startsWith(name) && entry !== name)
  return { isInstalled: times[1] !== 0, stamp: [folder, ...times, ...versions.sort()] }
}

const timeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
