// Measures the knowledge engine on retrieval test sets: quality per arm, latency, ingest speed, memory. Prints JSON.
//
//   node scripts/measure-retrieval.mjs --dataset PATH... [--queries PATH] [--chunk-tokens 256] [--sample 2000]
//     [--embeddings ADDRESS --model NAME --dimensions N [--input-type]]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { silentLog } from '../dist/core/index.js'
import { createKnowledgeEngine } from '../dist/rag/index.js'
import { mean, ndcgAt, quantile, recallAt, reciprocalRank } from '../dist/stats/index.js'
import { readRetrievalSet } from './read-retrieval-set.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: 'string', multiple: true, default: [] },
    queries: { type: 'string' },
    'chunk-tokens': { type: 'string', default: '256' },
    sample: { type: 'string', default: '2000' },
    embeddings: { type: 'string' },
    model: { type: 'string', default: '' },
    dimensions: { type: 'string', default: '384' },
    'input-type': { type: 'boolean', default: false },
  },
})
const set = readRetrievalSet([...values.dataset, ...positionals])
const asked = values.queries ? parallelQueries(set, readRetrievalSet([values.queries])) : set.queries
const step = Math.max(1, Math.floor(asked.length / Number(values.sample)))
const queries = asked.filter((_, i) => i % step === 0)

/** Questions of a parallel set ask about the document of the same place. */
function parallelQueries(corpus, other) {
  const places = new Map(other.documents.map(({ id }, i) => [id, corpus.documents[i].id]))
  return other.queries.map((query) => ({
    ...query,
    judgements: new Map([...query.judgements].map(([id, gain]) => [places.get(id), gain])),
  }))
}

const home = mkdtempSync(join(tmpdir(), 'measure-retrieval-'))
try {
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`)
} finally {
  rmSync(home, { recursive: true, force: true })
}

async function measure() {
  const root = join(home, 'documents')
  mkdirSync(root)
  for (const { id, title, text } of set.documents)
    writeFileSync(join(root, `${encodeURIComponent(id)}.md`), `${title ? `# ${title}\n\n` : ''}${text}\n`)
  const { signal } = new AbortController()
  const embeddings = values.embeddings && {
    address: values.embeddings,
    model: values.model,
    dimensions: Number(values.dimensions),
    inputType: values['input-type'],
  }
  const base = {
    id: 'measured',
    source: root,
    access: ['public'],
    tenant: 'default',
    chunkTokens: Number(values['chunk-tokens']),
    topK: 6,
    ...(embeddings && { embeddings }),
  }
  const engine = createKnowledgeEngine({ directory: join(home, 'index'), log: silentLog })
  const ingest = await engine.ingest({ knowledge: base, root, signal })
  const results = {
    documents: set.documents.length,
    passages: ingest.passages,
    queries: queries.length,
    ingest: {
      seconds: round(ingest.durationMs / 1000),
      documentsPerSecond: round((set.documents.length / ingest.durationMs) * 1000),
      embeddings: ingest.embeddings.state,
    },
    [embeddings ? 'hybrid' : 'lexical']: await searchAll(engine, base, signal),
  }
  results.rssMiB = Math.round(process.memoryUsage.rss() / 1024 ** 2)
  await engine.close()
  return results
}

async function searchAll(engine, knowledge, signal) {
  const scores = { ndcg10: [], recall10: [], mrr: [] }
  const latencies = []
  for (const { text, judgements } of queries) {
    const started = performance.now()
    const passages = await engine.search({
      knowledge,
      tenant: 'default',
      principal: ['public'],
      query: text,
      limit: 50,
      signal,
    })
    latencies.push(performance.now() - started)
    const ranking = passages.map(({ reference }) => decodeURIComponent(reference.path.replace(/\.md$/, '')))
    scores.ndcg10.push(ndcgAt(10)(ranking, judgements))
    scores.recall10.push(recallAt(10)(ranking, judgements))
    scores.mrr.push(reciprocalRank(ranking, judgements))
  }
  return {
    ...Object.fromEntries(Object.entries(scores).map(([name, all]) => [name, round(mean(all), 4)])),
    p50Ms: round(quantile(latencies, 0.5)),
    p95Ms: round(quantile(latencies, 0.95)),
  }
}

function round(value, digits = 1) {
  return Number(value.toFixed(digits))
}
