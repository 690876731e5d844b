// The speed of the models that the built-in engine runs here, one user at a time, beside what was predicted for this
// machine. No target names them: shown, not judged.

import { createRandom } from '../core/index.js'
import { deploymentsOf } from '../spec/index.js'
import { bootstrap, quantile } from '../stats/index.js'
import { createHttpTransport } from './http-transport.js'
import { judgeRow } from './judge-row.js'
import { note } from './messages.js'
import type { ScorecardRow } from './scorecard.js'
import { sampleRows, suitePath } from './suites/find-suite.js'
import { questionRow, readSuite } from './suites/read-suite.js'
import { type AnswerTimes, timeAnswer } from './time-answer.js'
import {
  countSteps,
  measureOrExplain,
  type RowFrame,
  titled,
  type VerificationRun,
} from './verification-run.js'

const questionCount = 60
/** Until the processor's caches and the compiler have seen the way. */
const warmupCount = 5

interface LocalModel {
  readonly deployment: string
  /** The route that only it answers. */
  readonly route: string
  readonly frames: readonly [RowFrame, RowFrame]
}

/** Models of the engine `local` that have a route of their own. */
const localModels = ({ options }: VerificationRun): readonly LocalModel[] =>
  options.architecture.deployments
    .filter(({ engine }) => engine === 'local')
    .flatMap(({ id }) => {
      const route = options.architecture.routes.find(({ strategy }) => {
        const [only, ...others] = deploymentsOf(strategy)
        return only?.id === id && others.length === 0
      })
      if (!route) return []
      const frame = (row: string, unit: string): RowFrame => ({
        id: `${id}.${row}`,
        target: null,
        unit,
        source: 'load',
      })
      const frames = [frame('first-token', 'ms'), frame('tokens-per-second', 'tokens/s')] as const
      return [{ deployment: id, route: route.name, frames }]
    })

/** Two rows for each model: the median of its first token, and of its tokens/s after that. */
export const measureLocal = async (run: VerificationRun): Promise<readonly ScorecardRow[]> => {
  const rows: ScorecardRow[] = []
  for (const model of localModels(run))
    rows.push(...(await measureOrExplain(run, model.frames, () => measureModel(run, model))))
  return rows
}

const measureModel = async (run: VerificationRun, model: LocalModel): Promise<readonly ScorecardRow[]> => {
  const times = await timeAnswers(run, model)
  const speeds = times
    .filter(
      ({ outputTokens, firstContentMs, lastContentMs }) => outputTokens > 1 && lastContentMs > firstContentMs,
    )
    .map(
      ({ outputTokens, firstContentMs, lastContentMs }) =>
        ((outputTokens - 1) * 1000) / (lastContentMs - firstContentMs),
    )
  const [firstToken, tokensPerSecond] = model.frames
  return [
    rowOf(
      run,
      firstToken,
      times.map(({ firstContentMs }) => firstContentMs),
    ),
    rowOf(run, tokensPerSecond, speeds),
  ]
}

const rowOf = (run: VerificationRun, frame: RowFrame, values: readonly number[]): ScorecardRow =>
  judgeRow({
    ...titled(run, frame),
    interval: bootstrap(values, (sample) => quantile(sample, 0.5), createRandom(frame.id)),
    notes: [
      note('verify.note.one-at-a-time', { n: values.length }),
      note('verify.note.no-target', { field: frame.id }),
    ],
  })

const timeAnswers = async (run: VerificationRun, { route }: LocalModel): Promise<readonly AnswerTimes[]> => {
  const { options } = run
  const questions = await questionsOf(run)
  const transport = createHttpTransport(options.baseUrl)
  const counter = countSteps(run, { area: 'speed', step: route, total: questions.length })
  const times: AnswerTimes[] = []
  try {
    for (const [i, question] of questions.entries()) {
      const asked = {
        model: route,
        question,
        token: options.apiKey,
        signal: options.signal,
        nowMs: options.clock.monotonicMs,
      }
      const timed = await timeAnswer(transport, asked)
      if (timed && i >= warmupCount) times.push(timed)
      counter.onDone()
    }
  } finally {
    await transport.close()
  }
  return times
}

/** From the suite of the first task; without one, from the questions of the load. */
const questionsOf = async ({ options }: VerificationRun): Promise<readonly string[]> => {
  const target = options.requirements.quality.targets.find(({ metric }) => metric === 'task-accuracy')
  const path = suitePath(target?.suite ?? options.loadProfile.questions, options)
  const rows = await readSuite(path, questionRow, target ? 'suite' : 'questions')
  return sampleRows(rows, questionCount + warmupCount).map(({ text }) => text)
}
