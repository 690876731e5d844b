// Loads the plug-ins that architecture.yaml names.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cliError } from './messages.js'
import type { Plugin } from './plugin.js'
import { resolvePackage } from './resolve-package.js'

/**
 * @param directory where relative paths and package names are looked up: the folder of architecture.yaml
 * @throws `cli.plugin-invalid`
 */
export const loadPlugins = async (names: readonly string[], directory: string): Promise<readonly Plugin[]> =>
  Promise.all(names.map((name) => loadPlugin(name, directory)))

const loadPlugin = async (name: string, directory: string): Promise<Plugin> => {
  try {
    const module = (await import(pathToFileURL(locate(name, directory)).href)) as { plugin?: Plugin }
    if (typeof module.plugin?.name === 'string') return module.plugin
  } catch (cause) {
    throw cliError('cli.plugin-invalid', { plugin: name, detail: `${(cause as Error).message}.` }, { cause })
  }
  throw cliError('cli.plugin-invalid', { plugin: name, detail: 'it exports no `plugin`.' })
}

const locate = (name: string, directory: string): string => {
  if (isAbsolute(name)) return name
  const file = resolve(directory, name)
  if (existsSync(file)) return file
  return resolvePackage(name, directory)?.file ?? createRequire(join(directory, 'package.json')).resolve(name)
}
