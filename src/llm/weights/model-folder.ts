// The models folder: one directory per model with its manifest, and beside them what is on its way.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchitectError, type Clock } from '../../core/index.js'
import { acquireDirectoryLock, type DirectoryLock } from '../../supervisor/index.js'
import { hashFile } from './copy-file.js'
import { pullableAs } from './known-models.js'
import { type ModelManifest, readManifest } from './manifest.js'
import { weightsError } from './messages.js'
import { requireLocalName } from './safe-path.js'

export const incomingName = '.incoming'
const lockName = '.locks'

export const modelDirectory = (modelsDirectory: string, name: string): string =>
  join(modelsDirectory, requireLocalName(name))

export const incomingDirectory = (modelsDirectory: string, name: string): string =>
  join(modelsDirectory, incomingName, requireLocalName(name))

/** Waits for whoever holds the model. @param onWaiting told once, with the holder's process id */
export const lockModel = async (
  modelsDirectory: string,
  name: string,
  { clock, signal, onWaiting }: LockOptions,
): Promise<DirectoryLock> => {
  const directory = join(modelsDirectory, lockName, requireLocalName(name))
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted()
    try {
      return await acquireDirectoryLock(directory, {}, { clock })
    } catch (error) {
      if (!(error instanceof ArchitectError) || error.code !== 'supervisor.directory-locked') throw error
      if (isFirst) onWaiting?.(error.params.pid)
      await clock.sleep(retryMs, signal)
    }
  }
}

interface LockOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onWaiting?: ((pid: number) => void) | undefined
}

const retryMs = 250

/** What is pulled, by name. @throws `weights.manifest-unreadable` */
export const listModels = async (modelsDirectory: string): Promise<readonly ModelManifest[]> => {
  const manifests: ModelManifest[] = []
  for (const name of await namesIn(modelsDirectory)) {
    const manifest = await readManifest(join(modelsDirectory, name))
    if (manifest) manifests.push(manifest)
  }
  return manifests
}

/** Names of models whose pull was broken off and goes on with the next one. */
export const listIncoming = (modelsDirectory: string): Promise<readonly string[]> =>
  namesIn(join(modelsDirectory, incomingName))

const namesIn = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
}

export interface FileVerdict {
  readonly path: string
  readonly state: 'intact' | 'changed' | 'missing'
}

export interface ModelVerdict {
  readonly name: string
  readonly isIntact: boolean
  readonly files: readonly FileVerdict[]
}

export interface VerifyOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (path: string, doneBytes: number) => void
}

/** Hashes every file of a pulled model again. @throws `weights.not-found` */
export const verifyModel = async (
  modelsDirectory: string,
  name: string,
  { signal, onProgress }: VerifyOptions,
): Promise<ModelVerdict> => {
  const manifest = await requireModel(modelsDirectory, name)
  const directory = modelDirectory(modelsDirectory, name)
  const files: FileVerdict[] = []
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const size = await sizeOf(join(directory, path))
    if (size !== sizeBytes) files.push({ path, state: size === undefined ? 'missing' : 'changed' })
    else {
      const options = { signal, onProgress: (done: number) => onProgress?.(path, done) }
      const found = await hashFile(join(directory, path), options)
      files.push({ path, state: found.sha256 === sha256 ? 'intact' : 'changed' })
    }
  }
  return { name: manifest.name, isIntact: files.every(({ state }) => state === 'intact'), files }
}

/** Undefined for what is not there or cannot be looked at: neither is an intact model. */
const sizeOf = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.size

/** @throws `weights.not-found` */
export const requireModel = async (modelsDirectory: string, name: string): Promise<ModelManifest> => {
  const manifest = await readManifest(modelDirectory(modelsDirectory, name))
  if (manifest) return manifest
  const available = await namesIn(modelsDirectory)
  throw weightsError('weights.not-found', { name, available: available.join(', '), pull: pullableAs(name) })
}

/** Removes a model and what is left of a broken pull of it; linked files stay. @throws `weights.not-found` */
export const removeModel = async (
  modelsDirectory: string,
  name: string,
  options: LockOptions,
): Promise<{ readonly freedBytes: number }> => {
  const lock = await lockModel(modelsDirectory, name, options)
  try {
    const directory = modelDirectory(modelsDirectory, name)
    const incoming = incomingDirectory(modelsDirectory, name)
    const known = [await sizeOf(directory), await sizeOf(incoming)]
    if (known.every((size) => size === undefined)) await requireModel(modelsDirectory, name)
    const freedBytes = (await bytesIn(directory)) + (await bytesIn(incoming))
    await rm(directory, { recursive: true, force: true })
    await rm(incoming, { recursive: true, force: true })
    return { freedBytes }
  } finally {
    await lock.release()
  }
}

const bytesIn = async (directory: string): Promise<number> => {
  // Only tells how much was freed; removing it fails aloud.
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries)
    if (entry.isFile()) bytes += (await sizeOf(join(entry.parentPath, entry.name))) ?? 0
  return bytes
}
