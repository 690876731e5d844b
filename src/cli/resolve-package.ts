// Where a package of the user's project is on disk, so that it can be imported from here. Loads nothing.

import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface ResolvedPackage {
  /** The file to import. */
  readonly file: string
  readonly version: string
}

interface PackageJson {
  readonly name?: string
  readonly version?: string
  readonly exports?: unknown
}

/**
 * @param specifier a package, or one of its entries: `@ai-sdk/google-vertex/anthropic`
 * @param directory the folder from which it is looked for, upwards
 * @returns undefined where it is not installed
 * @throws where it is there and has no such entry
 */
export const resolvePackage = (specifier: string, directory: string): ResolvedPackage | undefined => {
  const place = join(resolve(directory), 'package.json')
  const found = packageJsonOf(specifier, place)
  if (found === undefined) return undefined
  const manifest = JSON.parse(readFileSync(found, 'utf8')) as PackageJson
  return {
    file: fileOf(specifier, place, { manifest, folder: dirname(found) }),
    version: manifest.version ?? '',
  }
}

const packageJsonOf = (specifier: string, place: string): string | undefined => {
  try {
    return findPackageJSON(specifier, pathToFileURL(place))
  } catch {
    // That is how a package that is not installed is told.
    return undefined
  }
}

interface Found {
  readonly manifest: PackageJson
  readonly folder: string
}

const fileOf = (specifier: string, place: string, { manifest, folder }: Found): string => {
  try {
    return createRequire(place).resolve(specifier)
  } catch (cause) {
    // `require` is not shown what only `import` may load.
    const target = importTarget(entryOf(manifest, specifier))
    if (target === undefined) throw cause
    return join(folder, target)
  }
}

const entryOf = ({ name = '', exports }: PackageJson, specifier: string): unknown => {
  const subpath = specifier === name ? '.' : `.${specifier.slice(name.length)}`
  const entries = exports as Readonly<Record<string, unknown>> | null | undefined
  const isByPath = typeof entries === 'object' && entries !== null && '.' in entries
  if (isByPath || subpath !== '.') return entries?.[subpath]
  return exports
}

const importTarget = (entry: unknown): string | undefined => {
  if (typeof entry === 'string') return entry
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return undefined
  const conditions = entry as Readonly<Record<string, unknown>>
  return importTarget(conditions.node ?? conditions.import ?? conditions.default)
}
