// Reads a retrieval test set: a BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv) or SQuAD-format JSON files,
// of which each paragraph is a document and relevant to its own questions.

import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const jsonLines = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/**
 * @param {string[]} paths one BEIR folder, or SQuAD files
 * @returns {{documents: {id: string, title: string, text: string}[],
 *   queries: {id: string, text: string, judgements: Map<string, number>, answers: string[]}[]}}
 */
export const readRetrievalSet = (paths) =>
  statSync(paths[0]).isDirectory() ? readBeir(paths[0]) : readSquad(paths)

const readBeir = (folder) => {
  const documents = jsonLines(join(folder, 'corpus.jsonl')).map(({ _id, title = '', text }) => ({
    id: _id,
    title,
    text,
  }))
  const texts = new Map(jsonLines(join(folder, 'queries.jsonl')).map(({ _id, text }) => [_id, text]))
  const rows = readFileSync(join(folder, 'qrels', 'test.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  const judgements = new Map()
  for (const [query, document, score] of rows.map((row) => row.split('\t'))) {
    if (!judgements.has(query)) judgements.set(query, new Map())
    judgements.get(query).set(document, Number(score))
  }
  const queries = [...judgements].map(([id, judged]) => ({
    id,
    text: texts.get(id),
    judgements: judged,
    answers: [],
  }))
  return { documents, queries }
}

const readSquad = (paths) => {
  const documents = []
  const queries = []
  for (const path of paths) {
    const { data } = JSON.parse(readFileSync(path, 'utf8'))
    for (const [a, article] of data.entries())
      for (const [p, paragraph] of article.paragraphs.entries()) {
        const id = `${basename(path, '.json')}-${a}-${p}`
        documents.push({ id, title: (article.title ?? '').replaceAll('_', ' '), text: paragraph.context })
        for (const question of paragraph.qas) {
          const answers = [...new Set(question.answers.map((answer) => answer.text))]
          queries.push({ id: question.id, text: question.question, judgements: new Map([[id, 1]]), answers })
        }
      }
  }
  return { documents, queries }
}
