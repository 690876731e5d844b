// Fits the two linear models of the extractive engine on SQuAD-format files, and reports how they do on articles
// that took no part in the fit.
//
//   node scripts/fit-extractive.mjs --set NAME=FILE[,FILE] ... [--seed 7] [--questions 1200] [--write]
//
// Every question is asked twice of the knowledge engine: of the whole index (answerable when its paragraph is among
// the first six passages), and with its paragraph left out (unanswerable). The ranker is a softmax over the
// sentences of a question, with every sentence of the right paragraph that holds the answer as a right one; the
// evidence model is a logistic regression of whether the answer's
// paragraph is there over the best sentence's features. Both with an L2 penalty of 1. The
// threshold is the least at which 92 % of the unanswerable questions of the fit are refused: in support, a wrong
// answer costs more than an answer withheld.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom, silentLog } from '../dist/core/index.js'
import { candidatesOf, unitFeatureNames } from '../dist/llm/engines/extractive-features.js'
import {
  evidenceFeatureNames,
  evidenceFeatures,
  rankCandidates,
} from '../dist/llm/engines/extractive-scores.js'
import { createKnowledgeEngine } from '../dist/rag/index.js'
import { quantile, wilson } from '../dist/stats/index.js'
import { readRetrievalSet } from './read-retrieval-set.mjs'

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '7' },
    questions: { type: 'string', default: '1200' },
    write: { type: 'boolean', default: false },
  },
})
const passagesOfAnswer = 6
const refusedShare = 0.92
const random = createRandom(values.seed)
const bare = (text) => text.normalize('NFKC').replace(/\s+/g, ' ')

const sets = []
for (const argument of values.set) {
  const [name, paths] = argument.split('=')
  sets.push({ name, cases: await collect(name, paths.split(',')) })
  process.stderr.write(`${name}: ${sets.at(-1).cases.length} questions\n`)
}
const fitted = sets.flatMap(({ cases }) => cases.filter(({ isHeldOut }) => !isHeldOut))
const ranker = fitRanker(fitted)
const evidence = fitEvidence(fitted)
const coefficients = {
  seed: values.seed,
  sources: sets.map(({ name, cases }) => `${name} (${cases.length} questions)`),
  ranker: { features: unitFeatureNames, weights: ranker.map(rounded) },
  evidence,
  heldOut: Object.fromEntries(
    sets.map(({ name, cases }) => [name, score(cases.filter(({ isHeldOut }) => isHeldOut))]),
  ),
}
const text = `${JSON.stringify(coefficients, null, 2)}\n`
if (values.write)
  writeFileSync(new URL('../src/llm/engines/extractive-coefficients.json', import.meta.url), text)
process.stdout.write(text)

/** Asks the knowledge engine. Articles are held out as a whole: paragraphs of one article resemble each other. */
async function collect(name, paths) {
  const home = mkdtempSync(join(tmpdir(), 'fit-extractive-'))
  try {
    const { documents, queries } = readRetrievalSet(paths)
    const root = join(home, 'documents')
    mkdirSync(root)
    for (const { id, title, text } of documents)
      writeFileSync(join(root, `${id}.md`), `${title ? `# ${title}\n\n` : ''}${text}\n`)
    const articleOf = (id) => id.replace(/-\d+$/, '')
    const articles = [...new Set(documents.map(({ id }) => articleOf(id)))]
    const heldOut = new Set(random.shuffle(articles).slice(0, Math.floor(articles.length / 2)))
    const engine = createKnowledgeEngine({ directory: join(home, 'index'), log: silentLog })
    const knowledge = {
      id: name,
      source: root,
      access: ['public'],
      tenant: 'default',
      chunkTokens: 256,
      topK: 6,
    }
    const { signal } = new AbortController()
    await engine.ingest({ knowledge, root, signal })
    const cases = []
    for (const query of random.shuffle(queries).slice(0, Number(values.questions))) {
      const passages = await engine.search({
        knowledge,
        tenant: 'default',
        principal: ['public'],
        query: query.text,
        limit: 4 * passagesOfAnswer,
        signal,
      })
      const [right] = query.judgements.keys()
      cases.push(caseOf(query, passages, `${right}.md`, heldOut.has(articleOf(right))))
    }
    await engine.close()
    return cases
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function caseOf({ text, answers }, passages, right, isHeldOut) {
  const isRight = ({ reference }) => reference.path === right
  const first = passages.slice(0, passagesOfAnswer)
  const others = passages.filter((passage) => !isRight(passage)).slice(0, passagesOfAnswer)
  const holdsAnswer = ({ unit, passage }) =>
    passage.reference.path === right && answers.some((answer) => bare(unit.text).includes(bare(answer)))
  return {
    isHeldOut,
    isFound: first.some(isRight),
    answerable: candidatesOf(text, first).map((candidate) => ({
      ...candidate,
      isAnswer: holdsAnswer(candidate),
    })),
    unanswerable: candidatesOf(text, others),
  }
}

function fitRanker(cases) {
  const usable = cases.filter(({ answerable }) => answerable.some(({ isAnswer }) => isAnswer))
  const gradient = (weights) => {
    const sum = weights.map(() => 0)
    for (const { answerable } of usable) {
      const scores = answerable.map(({ features }) => dot(weights, features))
      const high = Math.max(...scores)
      const shares = scores.map((value) => Math.exp(value - high))
      const all = shares.reduce((a, b) => a + b, 0)
      const rightShares = shares.map((value, i) => (answerable[i].isAnswer ? value : 0))
      const right = rightShares.reduce((a, b) => a + b, 0)
      for (const [i, { features }] of answerable.entries()) {
        const pull = rightShares[i] / right - shares[i] / all
        for (const [j, feature] of features.entries()) sum[j] += pull * feature
      }
    }
    return sum.map((value, j) => (value - weights[j]) / usable.length)
  }
  return ascend(
    unitFeatureNames.map(() => 0),
    gradient,
  )
}

/** Fitted on standardised features and written for the raw ones. */
function fitEvidence(cases) {
  const rows = cases.flatMap(({ isFound, answerable, unanswerable }) => [
    ...(isFound ? [{ x: features(answerable), y: 1 }] : []),
    ...(unanswerable.length > 0 ? [{ x: features(unanswerable), y: 0 }] : []),
  ])
  const scales = evidenceFeatureNames.map((_, j) => {
    const column = rows.map(({ x }) => x[j])
    const mean = column.reduce((a, b) => a + b, 0) / column.length
    const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length)
    return { mean, deviation: deviation || 1 }
  })
  const standard = rows.map(({ x, y }) => ({
    y,
    x: [...x.map((v, j) => (v - scales[j].mean) / scales[j].deviation), 1],
  }))
  const gradient = (weights) => {
    const sum = weights.map(() => 0)
    for (const { x, y } of standard) {
      const pull = y - 1 / (1 + Math.exp(-dot(weights, x)))
      for (const [j, value] of x.entries()) sum[j] += pull * value
    }
    const last = weights.length - 1
    return sum.map((value, j) => (value - (j === last ? 0 : weights[j])) / standard.length)
  }
  const fit = ascend([...evidenceFeatureNames.map(() => 0), 0], gradient)
  const weights = scales.map(({ deviation }, j) => rounded(fit[j] / deviation))
  const intercept = rounded(
    fit.at(-1) - scales.reduce((sum, { mean, deviation }, j) => sum + (fit[j] * mean) / deviation, 0),
  )
  const refused = rows
    .filter(({ y }) => y === 0)
    .map(({ x }) => 1 / (1 + Math.exp(-(dot(weights, x) + intercept))))
  return {
    features: evidenceFeatureNames,
    weights,
    intercept,
    threshold: rounded(quantile(refused, refusedShare)),
  }
}

function features(candidates) {
  return evidenceFeatures(rankCandidates(candidates, ranker))
}

function probability(candidates) {
  if (candidates.length === 0) return 0
  return 1 / (1 + Math.exp(-(dot(evidence.weights, features(candidates)) + evidence.intercept)))
}

function score(cases) {
  const found = cases.filter(({ isFound }) => isFound)
  const usable = cases.filter(({ answerable }) => answerable.some(({ isAnswer }) => isAnswer))
  const chosen = usable.filter(({ answerable }) => rankCandidates(answerable, ranker)[0].isAnswer)
  const answered = found.filter(({ answerable }) => probability(answerable) >= evidence.threshold)
  const right = answered.filter(({ answerable }) => rankCandidates(answerable, ranker)[0].isAnswer)
  const refused = cases.filter(({ unanswerable }) => probability(unanswerable) < evidence.threshold)
  return {
    rightSentence: share(chosen.length, usable.length),
    answerableAnswered: share(answered.length, found.length),
    answeredWithRightSentence: share(right.length, answered.length),
    unanswerableRefused: share(refused.length, cases.length),
  }
}

function share(successes, n) {
  const { value, low, high } = wilson(successes, n)
  return { value: rounded(value), low: rounded(low), high: rounded(high), n }
}

/** Adam, 600 steps: both objectives are smooth, and the penalty keeps them bounded. */
function ascend(start, gradient) {
  const weights = [...start]
  const first = start.map(() => 0)
  const second = start.map(() => 0)
  for (let step = 1; step <= 600; step++) {
    for (const [j, slope] of gradient(weights).entries()) {
      first[j] = 0.9 * first[j] + 0.1 * slope
      second[j] = 0.999 * second[j] + 0.001 * slope ** 2
      weights[j] +=
        (0.05 * (first[j] / (1 - 0.9 ** step))) / (Math.sqrt(second[j] / (1 - 0.999 ** step)) + 1e-8)
    }
  }
  return weights
}

function dot(weights, x) {
  return x.reduce((sum, value, j) => sum + value * weights[j], 0)
}

function rounded(value) {
  return Number(value.toFixed(4))
}
