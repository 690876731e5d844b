// The searchable passages of one knowledge base: one LanceDB table. Every query names a tenant and a principal;
// there is no other. Knows no files.

import { type Connection, Index, type Table } from '@lancedb/lancedb'
import { Field, FixedSizeList, Float32, Int32, List, Schema, Utf8 } from 'apache-arrow'
import { languages } from '../core/index.js'
import { type Access, accessFilter, isOneOf, quoted } from './access-filter.js'
import { createMeans, type LanguageMeans } from './language-bias.js'
import { lexicalQuery } from './lexical-query.js'
import type { SearchTerms } from './search-text.js'

export interface PassageRow {
  /** Of the version and the span: the same passage has the same id whenever it is ingested. */
  readonly id: string
  readonly document: string
  readonly version: string
  readonly tenant: string
  /** Groups that may read it. */
  readonly access: readonly string[]
  readonly language: string
  readonly title: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly context: string
  /** What is searched: words with their headings, the headings alone, and characters with their pairs. */
  readonly body: string
  readonly heading: string
  readonly grams: string
  /** Null while the embeddings endpoint was away; left out where there is no dense arm. */
  readonly vector?: readonly number[] | null
}

/** What a query gives back of a row. */
export type PassageHit = Pick<PassageRow, (typeof hitColumns)[number]> & {
  /** Higher is better. */
  readonly score: number
}

export type DenseHit = PassageHit & { readonly vector: ArrayLike<number> }

export interface DenseLimits {
  readonly limit: number
  /** Passages in this language alone. */
  readonly language?: string
}

export interface IndexStatistics {
  readonly passages: number
  /** Passages that the full-text index does not hold yet; they are found all the same, more slowly. */
  readonly unindexedPassages: number
}

export interface PassageIndex {
  /** Puts rows in place of everything the documents had before, in one step for every reader. */
  replace(documents: readonly string[], rows: readonly PassageRow[]): Promise<void>
  lexical(terms: SearchTerms, access: Access, limit: number): Promise<readonly PassageHit[]>
  dense(vector: readonly number[], access: Access, limits: DenseLimits): Promise<readonly DenseHit[]>
  /** Of a tenant's vectors. */
  languageMeans(tenant: string): Promise<LanguageMeans>
  /** Brings the indexes up to date and removes what only versions older than `before` need. */
  optimize(before: Date): Promise<void>
  statistics(): Promise<IndexStatistics>
  close(): void
}

const hitColumns = [
  'id',
  'document',
  'version',
  'language',
  'title',
  'start',
  'end',
  'text',
  'context',
] as const

/** Measured on SciFact, DRCD and XQuAD beside LanceDB's other analyzers: the one that serves English and Chinese. */
const wordAnalyzer = {
  baseTokenizer: 'icu',
  stem: true,
  removeStopWords: true,
  language: 'English',
  withPosition: false,
} as const
const gramAnalyzer = {
  baseTokenizer: 'whitespace',
  stem: false,
  removeStopWords: false,
  lowercase: false,
  asciiFolding: false,
  withPosition: false,
} as const

const schemaOf = (dimensions: number | undefined) => {
  const text = (name: string) => new Field(name, new Utf8(), false)
  return new Schema([
    ...['id', 'document', 'version', 'tenant'].map(text),
    new Field('access', new List(new Field('item', new Utf8(), true)), false),
    ...['language', 'title'].map(text),
    new Field('start', new Int32(), false),
    new Field('end', new Int32(), false),
    ...['text', 'context', 'body', 'heading', 'grams'].map(text),
    ...(dimensions === undefined
      ? []
      : [new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), true)), true)]),
  ])
}

/**
 * Opens the table, making it with its indexes when there is none.
 * @param dimensions length of the vectors; undefined where there is no dense arm
 */
export const openPassageIndex = async (
  connection: Connection,
  name: string,
  dimensions: number | undefined,
): Promise<PassageIndex> => {
  const table = await connection.createEmptyTable(name, schemaOf(dimensions), {
    mode: 'create',
    existOk: true,
  })
  await createIndexes(table)
  const means = new Map<string, Promise<LanguageMeans>>()
  return {
    replace: async (documents, rows) => {
      await replaceRows(table, documents, rows)
      means.clear()
    },
    lexical: async (terms, access, limit) => {
      if (access.principal.length === 0) return []
      const rows = await table
        .query()
        .fullTextSearch(lexicalQuery(terms))
        .where(accessFilter(access))
        .select([...hitColumns, '_score'])
        .limit(limit)
        .toArray()
      return rows.map((row) => hitOf(row, row._score))
    },
    dense: async (vector, access, { limit, language }) => {
      if (access.principal.length === 0) return []
      const conditions = [accessFilter(access), 'vector IS NOT NULL']
      if (language !== undefined) conditions.push(`language = ${quoted(language)}`)
      const rows = await table
        .query()
        .nearestTo([...vector])
        .distanceType('cosine')
        .where(conditions.join(' AND '))
        .select([...hitColumns, 'vector', '_distance'])
        .limit(limit)
        .toArray()
      return rows.map((row) => ({ ...hitOf(row, 1 - row._distance), vector: row.vector.toArray() }))
    },
    languageMeans: (tenant) => {
      const known = means.get(tenant) ?? readMeans(table, tenant)
      means.set(tenant, known)
      // The caller is told of the failure.
      known.catch(() => means.delete(tenant))
      return known
    },
    optimize: async (before) => {
      await table.optimize({ cleanupOlderThan: before })
    },
    statistics: async () => ({
      passages: await table.countRows(),
      unindexedPassages: (await table.indexStats('body_idx'))?.numUnindexedRows ?? 0,
    }),
    close: () => table.close(),
  }
}

/** Made while the table is empty: whoever finds the table finds its indexes, also after a kill in between. */
const createIndexes = async (table: Table) => {
  const existing = new Set((await table.listIndices()).flatMap((index) => index.columns))
  const wanted: readonly (readonly [string, Index])[] = [
    ['id', Index.btree()],
    ['document', Index.btree()],
    ['tenant', Index.bitmap()],
    ['access', Index.labelList()],
    ['body', Index.fts(wordAnalyzer)],
    ['heading', Index.fts(wordAnalyzer)],
    ['grams', Index.fts(gramAnalyzer)],
  ]
  for (const [column, config] of wanted)
    if (!existing.has(column)) await table.createIndex(column, { config })
}

/** A mean needs no more; so many vectors are read in milliseconds. */
const maxMeanRows = 4000

const readMeans = async (table: Table, tenant: string): Promise<LanguageMeans> => {
  const means = createMeans()
  for (const language of languages) {
    const rows = await table
      .query()
      .where(`tenant = ${quoted(tenant)} AND language = ${quoted(language)} AND vector IS NOT NULL`)
      .select(['vector'])
      .limit(maxMeanRows)
      .toArray()
    for (const row of rows) means.add({ language, vector: row.vector.toArray() })
  }
  return means.means()
}

const replaceRows = async (table: Table, documents: readonly string[], rows: readonly PassageRow[]) => {
  if (documents.length === 0) return
  const superseded = isOneOf('document', documents)
  if (rows.length === 0) {
    await table.delete(superseded)
    return
  }
  await table
    .mergeInsert('id')
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .whenNotMatchedBySourceDelete({ where: superseded })
    .execute(rows.map((row) => ({ ...row })))
}

const hitOf = (row: Record<string, unknown>, score: number): PassageHit => ({
  ...(Object.fromEntries(hitColumns.map((name) => [name, row[name]])) as Pick<
    PassageRow,
    (typeof hitColumns)[number]
  >),
  score,
})
