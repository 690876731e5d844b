// The files of a folder, in order. Follows links only as long as they stay inside; hidden files and folders are
// named and left out. Reads no content.

import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Message } from '../core/index.js'
import { ragError, ragMessage } from './messages.js'

export interface FoundFile {
  /** Inside the folder, with `/`. */
  readonly path: string
  /** Where it really is, links resolved. */
  readonly realPath: string
}

export interface FoundProblem {
  readonly path: string
  readonly reason: Message
  /** A folder that could not be looked into: nothing is known of the files below it. */
  readonly isFolder: boolean
  /** By its nature nothing to read, so that leaving it out is no failure. */
  readonly isIgnored?: boolean
}

/**
 * Walks a folder depth first, names in order of their code points.
 * @throws `rag.folder-unreadable` when the folder itself cannot be read
 */
export async function* walkFolder(
  root: string,
  signal: AbortSignal,
): AsyncGenerator<FoundFile | FoundProblem> {
  const realRoot = await realpath(root).catch((error: Error) => {
    throw ragError('rag.folder-unreadable', { root, detail: error.message }, { cause: error })
  })
  const visited = new Set<string>()
  const pending = [{ path: '', realPath: realRoot }]
  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    signal.throwIfAborted()
    if (visited.has(folder.realPath)) {
      yield ignored(folder.path, 'rag.folder-visited')
      continue
    }
    visited.add(folder.realPath)
    const entries = await list(folder.realPath)
    if (entries instanceof Error) {
      const detail = entries.message
      if (folder.path === '') throw ragError('rag.folder-unreadable', { root, detail })
      yield { path: folder.path, reason: ragMessage('rag.file-unreadable', { detail }), isFolder: true }
      continue
    }
    const folders: { path: string; realPath: string }[] = []
    for (const entry of entries) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`
      if (entry.name.startsWith('.')) {
        yield ignored(path, 'rag.file-hidden')
        continue
      }
      const found = await look(entry, { path, realPath: join(folder.realPath, entry.name) }, realRoot)
      if ('reason' in found) yield found
      else if (found.isFolder) folders.push(found)
      else if (found.isFile) yield { path, realPath: found.realPath }
      else yield ignored(path, 'rag.file-special')
    }
    pending.push(...folders.reverse())
  }
}

const ignored = (
  path: string,
  code: 'rag.folder-visited' | 'rag.file-special' | 'rag.file-hidden',
): FoundProblem => ({
  path,
  reason: ragMessage(code, {}),
  isFolder: false,
  isIgnored: true,
})

const list = async (folder: string): Promise<Dirent[] | Error> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  } catch (error) {
    return error as Error
  }
}

/** What an entry is, once its link is followed. */
const look = async (entry: Dirent, at: FoundFile, realRoot: string) => {
  const isFolder = entry.isDirectory()
  if (!entry.isSymbolicLink()) return { ...at, isFolder, isFile: entry.isFile() }
  try {
    const target = await realpath(at.realPath)
    if (!isInside(realRoot, target))
      return { path: at.path, reason: ragMessage('rag.file-outside-folder', { target }), isFolder: false }
    const state = await stat(target)
    return { path: at.path, realPath: target, isFolder: state.isDirectory(), isFile: state.isFile() }
  } catch (error) {
    const reason = ragMessage('rag.file-unreadable', { detail: (error as Error).message })
    return { path: at.path, reason, isFolder: false }
  }
}

const isInside = (root: string, path: string) => {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}
