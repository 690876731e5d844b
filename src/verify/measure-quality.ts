// The areas `retrieval`, `answers` and `safety`: each quality target of the requirements by its suite, then the
// product's own checks on public prompts. (Public retrieval data needs documents of its own: see prove-system.ts.)

import { join } from 'node:path'
import type { z } from 'zod'
import type { QualityTarget } from '../spec/index.js'
import { judgeRow, unmeasuredRow } from './judge-row.js'
import { note } from './messages.js'
import type { ScorecardRow } from './scorecard.js'
import { askAll } from './suites/ask-all.js'
import { type BenchmarkCheck, benchmarkChecks } from './suites/benchmark-checks.js'
import { createCitationChecker } from './suites/check-citation.js'
import { sampleRows, suitePath } from './suites/find-suite.js'
import { rankOfAnswer } from './suites/match-passage.js'
import {
  answerRow,
  promptRow,
  readSuite,
  retrievalRow,
  taskRow,
  textRow,
  unanswerableRow,
} from './suites/read-suite.js'
import { createRefusalDetector } from './suites/refusal.js'
import {
  scoreAnswers,
  scoreAttacks,
  scoreCitations,
  scoreHarmless,
  scoreUnanswerable,
} from './suites/score-answers.js'
import { scoreRetrieval } from './suites/score-retrieval.js'
import { scoreEscalated, scoreTasks, type TaskUnderTest } from './suites/score-tasks.js'
import { findDataFiles } from './suites/squad-corpus.js'
import type { SuiteScore } from './suites/suite-score.js'
import type { VerificationArea } from './verification-options.js'
import {
  countSteps,
  measureOrExplain,
  type RowFrame,
  titled,
  type VerificationRun,
} from './verification-run.js'

export const suiteConcurrency = 4

export const areaOfMetric: Readonly<Record<QualityTarget['metric'], VerificationArea>> = {
  'retrieval-ndcg@10': 'retrieval',
  'retrieval-recall@10': 'retrieval',
  'answer-accuracy': 'answers',
  'unanswerable-refused': 'answers',
  'citations-valid': 'answers',
  'task-accuracy': 'tasks',
  escalated: 'tasks',
  'attacks-caught': 'safety',
  'harmless-flagged': 'safety',
}

/** Reads every suite that will be asked for, so that one that is wrong is told before anything is measured. */
export const checkSuites = async (
  options: VerificationRun['options'],
  areas: readonly VerificationArea[],
): Promise<void> => {
  const { requirements } = options
  for (const { metric, suite } of [...requirements.quality.targets, ...requirements.safety.targets])
    if (areas.includes(areaOfMetric[metric])) await readSuite(suitePath(suite, options), rowOfMetric[metric])
}

const rowOfMetric = {
  'retrieval-ndcg@10': retrievalRow,
  'retrieval-recall@10': retrievalRow,
  'answer-accuracy': answerRow,
  'unanswerable-refused': unanswerableRow,
  'citations-valid': unanswerableRow,
  'attacks-caught': promptRow,
  'harmless-flagged': promptRow,
  'task-accuracy': taskRow,
  escalated: textRow,
} as const satisfies Record<QualityTarget['metric'], unknown>

/** The rows of the requirements' quality and safety targets, one suite after the other. */
export const measureTargets = async (
  run: VerificationRun,
  areas: readonly VerificationArea[],
): Promise<readonly ScorecardRow[]> => {
  const { requirements } = run.options
  const rows: ScorecardRow[] = []
  for (const target of [...requirements.quality.targets, ...requirements.safety.targets]) {
    const frame = frameOf(target, target.suite)
    if (areas.includes(areaOfMetric[target.metric]))
      rows.push(
        ...(await measureSuite(run, frame, {
          ...target,
          path: suitePath(target.suite, run.options),
        })),
      )
    else rows.push(notRun(run, frame, areaOfMetric[target.metric]))
  }
  return rows
}

/** The rows of the product's checks on public prompts. */
export const measurePromptBenchmarks = async (
  run: VerificationRun,
  areas: readonly VerificationArea[],
): Promise<readonly ScorecardRow[]> => {
  const rows: ScorecardRow[] = []
  for (const check of benchmarkChecks.filter(({ metric }) => areaOfMetric[metric] === 'safety')) {
    const frame = benchmarkFrame(check)
    const directory = join(run.options.benchmarksDirectory, check.directory)
    const [path] = await findDataFiles(directory, check.files)
    if (!areas.includes('safety')) rows.push(notRun(run, frame, 'safety'))
    else if (path === undefined) rows.push(dataMissing(run, frame, check.directory))
    else rows.push(...(await measureSuite(run, frame, { metric: check.metric, op: check.target.op, path })))
  }
  return rows
}

const frameOf = (
  { id, op, value }: Pick<QualityTarget, 'id' | 'op' | 'value'>,
  source: string,
): RowFrame => ({
  id,
  target: { op, value, unit: 'share' },
  unit: 'share',
  source,
})

export const benchmarkFrame = (check: BenchmarkCheck): RowFrame =>
  frameOf({ id: check.id, ...check.target }, `benchmarks/data/${check.directory}`)

export const notRun = (run: VerificationRun, frame: RowFrame, area: VerificationArea): ScorecardRow =>
  unmeasuredRow({ ...titled(run, frame), notes: [note('verify.note.not-run', { area })] })

export const dataMissing = (run: VerificationRun, frame: RowFrame, directory: string): ScorecardRow =>
  unmeasuredRow({ ...titled(run, frame), notes: [note('verify.note.data-missing', { directory })] })

interface Suite extends Pick<QualityTarget, 'metric' | 'op' | 'sample' | 'task'> {
  readonly path: string
}

const measureSuite = (
  run: VerificationRun,
  frame: RowFrame,
  suite: Suite,
): Promise<readonly ScorecardRow[]> =>
  measureOrExplain(run, [frame], async () => {
    const score = await scorers[suite.metric](run, suite)
    if (!score) return [unmeasuredRow({ ...titled(run, frame), notes: [note(whyNone(suite.metric), {})] })]
    return [judgeRow({ ...titled(run, frame), interval: score.interval, notes: score.notes })]
  })

const whyNone = (metric: QualityTarget['metric']) =>
  areaOfMetric[metric] === 'tasks' ? 'verify.note.no-task' : 'verify.note.no-knowledge'

type Scorer = (run: VerificationRun, suite: Suite) => Promise<SuiteScore | undefined>

const scoreTargetRetrieval = async (run: VerificationRun, suite: Suite) => {
  const rows = await rowsOf(suite, retrievalRow)
  if (run.knowledge === undefined) return undefined
  const questions = rows.map(({ id, question, expected }) => ({
    id,
    question,
    rankOf: (hits: Parameters<typeof rankOfAnswer>[0]) => rankOfAnswer(hits, expected),
  }))
  return scoreRetrieval(
    { client: run.client, knowledge: run.knowledge },
    questions,
    askOptions(run, suite, rows.length),
  )
}

const scorers: Readonly<Record<QualityTarget['metric'], Scorer>> = {
  'retrieval-ndcg@10': async (run, suite) => (await scoreTargetRetrieval(run, suite))?.ndcg,
  'retrieval-recall@10': async (run, suite) => (await scoreTargetRetrieval(run, suite))?.recall,
  'answer-accuracy': async (run, suite) => {
    const rows = await rowsOf(suite, answerRow)
    return scoreAnswers(rows, await askQuestions(run, suite, rows))
  },
  'unanswerable-refused': async (run, suite) => {
    const rows = await rowsOf(suite, unanswerableRow)
    return scoreUnanswerable(rows, await askQuestions(run, suite, rows), detectorOf(run))
  },
  'citations-valid': async (run, suite) => {
    const rows = await rowsOf(suite, unanswerableRow)
    const source = run.options.requirements.useCase.knowledge?.source
    if (source === undefined) return undefined
    const replies = await askQuestions(run, suite, rows)
    return scoreCitations(rows, replies, createCitationChecker(join(run.options.suitesDirectory, source)))
  },
  'attacks-caught': async (run, suite) => {
    const rows = (await rowsOf(suite, promptRow)).filter(({ label }) => label === 1)
    return scoreAttacks(rows, await askQuestions(run, suite, rows), detectorOf(run))
  },
  'harmless-flagged': async (run, suite) => {
    const rows = (await rowsOf(suite, promptRow)).filter(({ label }) => label === 0)
    return scoreHarmless(rows, await askQuestions(run, suite, rows))
  },
  'task-accuracy': async (run, suite) => {
    const task = taskOf(run, suite)
    if (!task) return undefined
    const rows = await rowsOf(suite, taskRow)
    return scoreTasks(rows, await askQuestions(run, suite, rows, [task.tool]), task)
  },
  escalated: async (run, suite) => {
    const task = taskOf(run, suite)
    if (!task) return undefined
    const rows = await rowsOf(suite, textRow)
    return scoreEscalated(rows, await askQuestions(run, suite, rows, [task.tool]), { ...task, op: suite.op })
  },
}

const rowsOf = async <S extends z.ZodType>({ path, sample }: Suite, row: S) =>
  sampleRows(await readSuite(path, row), sample)

const taskOf = ({ options }: VerificationRun, { task: id }: Suite): TaskUnderTest | undefined => {
  const { tasks } = options.requirements.useCase
  const task = id === undefined ? tasks[0] : tasks.find((each) => each.id === id)
  if (!task) return undefined
  const trained = options.architecture.deployments.find((deployment) => deployment.task?.tool === task.tool)
  return { tool: task.tool, deployment: trained?.id ?? null }
}

const detectorOf = ({ options }: VerificationRun) => createRefusalDetector(options.refusalPhrases)

/** Each question once in a run, however many figures are read from its answer. */
const askQuestions = (
  run: VerificationRun,
  suite: Suite,
  rows: readonly ({ readonly question: string } | { readonly text: string })[],
  tools: readonly string[] = [],
) => {
  const questions = rows.map((row) => ('question' in row ? row.question : row.text))
  const key = JSON.stringify({ tools, questions })
  const replies =
    run.replies.get(key) ??
    askAll(
      questions,
      (question) => run.client.chat({ model: run.model, question, tools, signal: run.options.signal }),
      askOptions(run, suite, rows.length),
    )
  run.replies.set(key, replies)
  return replies
}

const askOptions = (run: VerificationRun, { metric, path }: Suite, total: number) => ({
  concurrency: suiteConcurrency,
  signal: run.options.signal,
  ...countSteps(run, { area: areaOfMetric[metric], step: path, total }),
})
