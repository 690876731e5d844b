// Reads a retrieval test from disk: a BEIR folder, or SQuAD files as one corpus. Questions may come from another file
// with the same ids, for questions in another language than the documents.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Judgements } from '../../stats/index.js'
import { verifyError } from '../messages.js'
import { asMarkdown, readSquad } from '../suites/squad-corpus.js'
import type { DatasetDocument, RetrievalDataset } from './dataset.js'

export interface DatasetFiles {
  /** One BEIR folder, or SQuAD files. */
  readonly paths: readonly string[]
  /** Questions in place of the dataset's own: a queries.jsonl or a SQuAD file. */
  readonly queries?: string | undefined
}

/** @throws `verify.dataset-unknown` | `verify.dataset-unjudged` | `verify.dataset-line-invalid` | `verify.squad-invalid` */
export const readDataset = async ({ paths, queries }: DatasetFiles): Promise<RetrievalDataset> => {
  const [first = ''] = paths
  const isFolder = await isDirectory(first)
  if (isFolder && paths.length > 1) throw verifyError('verify.dataset-unknown', { path: paths[1] ?? '' })
  const corpus = isFolder ? await readBeir(first) : await readSquadFiles(paths)
  const texts = queries === undefined ? corpus.questions : await readQuestions(queries)
  const asked = [...texts].flatMap(([id, text]) => {
    const judgements = corpus.judgements.get(id)
    return judgements && [...judgements.values()].some((gain) => gain > 0) ? [{ id, text, judgements }] : []
  })
  if (asked.length === 0) throw verifyError('verify.dataset-unjudged', { path: queries ?? first })
  return { documents: corpus.documents, queries: asked }
}

interface Corpus {
  readonly documents: readonly DatasetDocument[]
  readonly questions: ReadonlyMap<string, string>
  readonly judgements: ReadonlyMap<string, Judgements>
}

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw verifyError('verify.dataset-unknown', { path }, { cause })
  }
}

const text = z.union([z.string(), z.number()]).transform(String)
const beirDocument = z.object({ _id: text, title: z.string().default(''), text: z.string() })
const beirQuery = z.object({ _id: text, text: z.string() })

const documentLine = '{"_id": "...", "title": "...", "text": "..."}'
const queryLine = '{"_id": "...", "text": "..."}'
const judgementLine = 'QUERY-ID<tab>CORPUS-ID<tab>SCORE'

const readBeir = async (folder: string): Promise<Corpus> => {
  const documents = await readLines(join(folder, 'corpus.jsonl'), beirDocument, documentLine)
  const questions = await readLines(join(folder, 'queries.jsonl'), beirQuery, queryLine)
  return {
    documents: documents.map(({ _id, title, text }) => ({ id: _id, markdown: pageOf(title, text) })),
    questions: new Map(questions.map((query) => [query._id, query.text])),
    judgements: await readJudgements(join(folder, 'qrels', 'test.tsv')),
  }
}

const pageOf = (title: string, text: string) =>
  title.trim() === '' ? asMarkdown(text) : `# ${title.replace(/\s+/g, ' ')}\n\n${asMarkdown(text)}`

/** Lines of `query-id corpus-id score`, by tabs, under a header. */
const readJudgements = async (path: string): Promise<ReadonlyMap<string, Judgements>> => {
  const judgements = new Map<string, Map<string, number>>()
  const lines = (await readText(path)).split('\n').slice(1)
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const [query, document, score] = line.trim().split('\t')
    const gain = Number(score)
    if (query === undefined || document === undefined || !Number.isFinite(gain))
      throw verifyError('verify.dataset-line-invalid', { path, line: i + 2, expected: judgementLine })
    judgements.set(query, (judgements.get(query) ?? new Map()).set(document, gain))
  }
  return judgements
}

const readSquadFiles = async (paths: readonly string[]): Promise<Corpus> => {
  const documents: DatasetDocument[] = []
  const questions = new Map<string, string>()
  const judgements = new Map<string, Judgements>()
  for (const path of paths) {
    const { data } = await readSquad(path)
    for (const { context, qas } of data.flatMap(({ paragraphs }) => paragraphs)) {
      const id = String(documents.length)
      documents.push({ id, markdown: asMarkdown(context) })
      for (const qa of qas) {
        questions.set(qa.id, qa.question)
        judgements.set(qa.id, new Map([[id, 1]]))
      }
    }
  }
  return { documents, questions, judgements }
}

const readQuestions = async (path: string): Promise<ReadonlyMap<string, string>> => {
  if (!path.endsWith('.jsonl')) return (await readSquadFiles([path])).questions
  return new Map((await readLines(path, beirQuery, queryLine)).map((query) => [query._id, query.text]))
}

const readLines = async <T>(path: string, row: z.ZodType<T>, expected: string): Promise<readonly T[]> => {
  const lines = (await readText(path)).split('\n')
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    const parsed = row.safeParse(parseLine(line))
    if (parsed.success) return [parsed.data]
    throw verifyError('verify.dataset-line-invalid', { path, line: i + 1, expected })
  })
}

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    // The row's schema refuses it, with the number of the line.
    return undefined
  }
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw verifyError('verify.dataset-unknown', { path }, { cause })
  }
}
