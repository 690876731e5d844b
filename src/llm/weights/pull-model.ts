// Carries out a plan: one puller at a time, everything checked aside, then put in place in one step.

import { link, lstat, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Clock } from '../../core/index.js'
import { type ModelManifest, readManifest, writeManifest } from './manifest.js'
import { weightsError } from './messages.js'
import { incomingDirectory, incomingName, lockModel, modelDirectory, verifyModel } from './model-folder.js'
import type { Collection, PullPlan } from './pull-plan.js'
import { readFacts } from './read-facts.js'
import { requireLocalName } from './safe-path.js'

export interface PullOptions {
  readonly modelsDirectory: string
  /** Another name than the plan's. */
  readonly name?: string | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Bytes of all files that are here. */
  readonly onProgress?: (doneBytes: number) => void
  /** Another process pulls the same model; this one waits for it. */
  readonly onWaiting?: (pid: number) => void
  /** Free bytes of the file system of a directory; default: asked of the system. */
  readonly freeBytesOf?: (directory: string) => Promise<number>
}

export interface PullResult {
  readonly manifest: ModelManifest
  /** Whether it was there already, in the same revision and whole. */
  readonly wasThere: boolean
}

/**
 * @throws `weights.name-taken` | `weights.disk-full` | `weights.download-failed` | `weights.wrong-content` |
 * `weights.header-unreadable` and the source's own errors. After an abort, what has come is kept for the next pull.
 */
export const pullModel = async (plan: PullPlan, options: PullOptions): Promise<PullResult> => {
  const { modelsDirectory } = options
  const name = requireLocalName(options.name ?? plan.name)
  const lock = await lockModel(modelsDirectory, name, options)
  try {
    const installed = await readManifest(modelDirectory(modelsDirectory, name))
    if (installed && installed.source !== plan.source)
      throw weightsError('weights.name-taken', { name, source: installed.source })
    if (installed && (await isCurrent(installed, plan, options)))
      return { manifest: installed, wasThere: true }
    const incoming = incomingDirectory(modelsDirectory, name)
    await mkdir(incoming, { recursive: true })
    await requireSpace(plan, incoming, options.freeBytesOf ?? freeBytesOf)
    if (installed) await seed(modelDirectory(modelsDirectory, name), installed, incoming)
    const manifest = await bring(plan, { ...options, name }, incoming)
    await putInPlace(modelsDirectory, name, incoming)
    return { manifest, wasThere: false }
  } finally {
    await lock.release()
  }
}

/** The same revision, every byte of it: a pull also repairs. */
const isCurrent = async (
  installed: ModelManifest,
  plan: PullPlan,
  { modelsDirectory, signal }: PullOptions,
): Promise<boolean> => {
  if (plan.revision === null || installed.revision !== plan.revision) return false
  return (await verifyModel(modelsDirectory, installed.name, { signal })).isIntact
}

/** Gives the new state the files of the old one, at no cost: those whose hash still holds need not come again. */
const seed = async (from: string, { files }: ModelManifest, incoming: string): Promise<void> => {
  for (const { path, linkTo } of files) {
    if (linkTo !== undefined) continue
    await mkdir(dirname(join(incoming, path)), { recursive: true })
    // Missing, there already, or a file system without hard links: then the file comes again.
    await link(join(from, path), join(incoming, path)).catch(() => undefined)
  }
}

/** Left free for everything else on the disk. */
const spareBytes = 64 * 1024 * 1024
const bytesPerMiB = 1024 * 1024

const requireSpace = async (
  { sizeBytes, isLinked = false }: PullPlan,
  directory: string,
  freeBytes: (directory: string) => Promise<number>,
): Promise<void> => {
  if (isLinked) return
  const free = await freeBytes(directory)
  const needed = Math.max(0, (sizeBytes ?? 0) - (await bytesThere(directory))) + spareBytes
  if (needed > free) throw diskFull(directory, needed, free)
}

const diskFull = (directory: string, neededBytes: number, freeBytes: number) =>
  weightsError('weights.disk-full', {
    directory,
    neededMiB: Math.ceil(neededBytes / bytesPerMiB),
    freeMiB: Math.floor(freeBytes / bytesPerMiB),
  })

const freeBytesOf = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

const filesIn = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
}

const bytesThere = async (directory: string): Promise<number> => {
  let bytes = 0
  for (const path of await filesIn(directory)) bytes += (await lstat(join(directory, path))).size
  return bytes
}

const bring = async (
  plan: PullPlan,
  options: PullOptions & { readonly name: string },
  incoming: string,
): Promise<ModelManifest> => {
  const done = new Map<string, number>()
  const onProgress = (path: string, doneBytes: number) => {
    done.set(path, doneBytes)
    options.onProgress?.([...done.values()].reduce((sum, bytes) => sum + bytes, 0))
  }
  const { clock, signal, modelsDirectory } = options
  const collection = await plan
    .collect({ directory: incoming, clock, signal, onProgress })
    .catch(async (error: NodeJS.ErrnoException) => {
      // What never began is no broken-off pull.
      if ((await bytesThere(incoming)) === 0) await rm(incoming, { recursive: true, force: true })
      if (error.code !== 'ENOSPC') throw error
      throw diskFull(incoming, plan.sizeBytes ?? spareBytes, await freeBytesOf(modelsDirectory))
    })
  await removeOthers(incoming, collection)
  const manifest = await describe(plan, collection, { ...options, incoming })
  await writeManifest(incoming, manifest)
  return manifest
}

/** What an earlier attempt at something else left behind. */
const removeOthers = async (incoming: string, { files }: Collection): Promise<void> => {
  const wanted = new Set(files.map(({ path }) => path))
  for (const path of await filesIn(incoming))
    if (!wanted.has(path.split(sep).join('/'))) await rm(join(incoming, path), { force: true })
}

const describe = async (
  plan: PullPlan,
  collection: Collection,
  { name, clock, incoming }: PullOptions & { readonly name: string; readonly incoming: string },
): Promise<ModelManifest> => {
  const paths = collection.files.map(({ path }) => path)
  try {
    return {
      version: 1,
      name,
      source: plan.source,
      revision: collection.revision ?? plan.revision,
      licence: plan.licence.id === null ? (collection.licence ?? plan.licence) : plan.licence,
      format: collection.format,
      facts: collection.facts ?? readFacts(incoming, paths),
      files: [...collection.files],
      pulledAt: new Date(clock.wallMs()).toISOString(),
    }
  } catch (error) {
    // What cannot be read is of no use to the next pull either.
    await rm(incoming, { recursive: true, force: true })
    throw error
  }
}

/** The old model, if any, makes way in one rename; engines that have it open keep their files. */
const putInPlace = async (modelsDirectory: string, name: string, incoming: string): Promise<void> => {
  const place = modelDirectory(modelsDirectory, name)
  const aside = join(modelsDirectory, incomingName, `.old-${name}`)
  await rm(aside, { recursive: true, force: true })
  await rename(place, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(incoming, place)
  await rm(aside, { recursive: true, force: true })
}
