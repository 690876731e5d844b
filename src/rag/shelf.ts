// Where one knowledge base lives on disk, and which of its indexes is in use. A change of the embedding model makes
// a new index beside the old one, which serves until the new one is complete.

import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Connection, connect } from '@lancedb/lancedb'
import { canonicalJson, contentHash } from '../core/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import { type DocumentTable, openDocumentTable } from './document-table.js'
import { openPassageIndex, type PassageIndex } from './passage-index.js'
import { openTextTable, type TextTable } from './text-table.js'

/** Raised when passages are made or stored differently: what was ingested before is then ingested again. */
const format = 1

/** One way of indexing: all that makes two indexes incompatible. */
export interface Generation {
  readonly name: string
  readonly embeddings: { readonly model: string; readonly dimensions: number } | null
}

export interface OpenGeneration extends Generation {
  readonly passages: PassageIndex
  readonly documents: DocumentTable
}

export interface Shelf {
  readonly texts: TextTable
  /** The generation that is searched; undefined before the first ingest has begun. */
  current(): Promise<OpenGeneration | undefined>
  open(generation: Generation): Promise<OpenGeneration>
  /** Makes a generation the one that is searched. */
  use(generation: Generation): Promise<void>
  /** Drops every generation but the one that is searched and this one. */
  sweep(kept: Generation): Promise<void>
  close(): void
}

export const generationOf = ({ embeddings }: KnowledgeBase): Generation => {
  const dense = embeddings ? { model: embeddings.model ?? '', dimensions: embeddings.dimensions } : null
  const hash = contentHash(
    canonicalJson({ format, embeddings: dense, inputType: embeddings?.inputType ?? false }),
  )
  return { name: hash.slice('sha256:'.length, 'sha256:'.length + 12), embeddings: dense }
}

/** Whether anything of a knowledge base was ever written. */
export const shelfExists = async (directory: string, knowledge: string): Promise<boolean> => {
  try {
    await access(homeOf(directory, knowledge))
    return true
  } catch {
    // Not there, or not for us to see: whoever ingests into it is told why.
    return false
  }
}

const homeOf = (directory: string, knowledge: string) => join(directory, encodeURIComponent(knowledge))

/** Opens what is there, or makes it. @param directory of all knowledge bases */
export const openShelf = async (directory: string, knowledge: string): Promise<Shelf> => {
  const home = homeOf(directory, knowledge)
  await mkdir(home, { recursive: true })
  const connection = await connect(join(home, 'index'))
  const texts = await openTextTable(connection, 'texts')
  const opened = new Map<string, Promise<OpenGeneration>>()
  let current = await readCurrent(home)

  const open = (generation: Generation) => {
    const known = opened.get(generation.name) ?? openGeneration(connection, generation)
    opened.set(generation.name, known)
    // The caller is told of the failure.
    known.catch(() => opened.delete(generation.name))
    return known
  }

  return {
    texts,
    open,
    current: async () => (current ? await open(current) : undefined),
    use: async (generation) => {
      if (current?.name !== generation.name) await writeCurrent(home, generation)
      current = generation
    },
    sweep: async (kept) => {
      const tables = new Set(['texts', ...tablesOf(kept), ...(current ? tablesOf(current) : [])])
      for (const name of await connection.tableNames())
        if (!tables.has(name)) await connection.dropTable(name)
      for (const name of opened.keys()) if (name !== kept.name && name !== current?.name) opened.delete(name)
    },
    close: () => connection.close(),
  }
}

const tablesOf = ({ name }: Generation) => [`passages-${name}`, `documents-${name}`] as const

const openGeneration = async (connection: Connection, generation: Generation): Promise<OpenGeneration> => {
  const [passages, documents] = tablesOf(generation)
  return {
    ...generation,
    passages: await openPassageIndex(connection, passages, generation.embeddings?.dimensions),
    documents: await openDocumentTable(connection, documents),
  }
}

const readCurrent = async (home: string): Promise<Generation | undefined> => {
  try {
    const read = JSON.parse(await readFile(join(home, 'current.json'), 'utf8')) as Partial<Generation> | null
    return typeof read?.name === 'string' ? (read as Generation) : undefined
  } catch (error) {
    // A damaged file is as good as none: the next ingest finds every document unchanged and writes it again.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Readers of the file see the old or the new generation, never a part. */
const writeCurrent = async (home: string, generation: Generation) => {
  const aside = join(home, 'current.json.new')
  await writeFile(aside, JSON.stringify({ name: generation.name, embeddings: generation.embeddings }), {
    flush: true,
  })
  await rename(aside, join(home, 'current.json'))
}
