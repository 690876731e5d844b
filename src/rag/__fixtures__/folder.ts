// A folder of documents in the system's temporary directory, and the requests that tests make of it.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { KnowledgeBase } from '../../spec/index.js'

export interface TestFolder {
  /** Where documents are. */
  readonly root: string
  /** Where the index is. */
  readonly directory: string
  write(path: string, content: string | Uint8Array): Promise<void>
  remove(path: string): Promise<void>
  dispose(): Promise<void>
}

export const createTestFolder = async (files: Readonly<Record<string, string>> = {}): Promise<TestFolder> => {
  const home = await mkdtemp(join(tmpdir(), 'rag-'))
  const root = join(home, 'documents')
  await mkdir(root)
  const folder: TestFolder = {
    root,
    directory: join(home, 'index'),
    write: async (path, content) => {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    remove: (path) => rm(join(root, path)),
    dispose: () => rm(home, { recursive: true, force: true }),
  }
  for (const [path, content] of Object.entries(files)) await folder.write(path, content)
  return folder
}

export const knowledgeBase = (change: Partial<KnowledgeBase> = {}): KnowledgeBase => ({
  id: 'handbook',
  source: './handbook',
  access: ['public'],
  tenant: 'default',
  chunkTokens: 256,
  topK: 6,
  ...change,
})

/** A signal that is never aborted. */
export const { signal } = new AbortController()
