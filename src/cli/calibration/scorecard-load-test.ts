// What the last `verify` measured, as a load test of the designed deployment. Reads the files of one project; tells
// apart what ran on the engine that was designed, and what ran on a stand-in or somewhere else.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, counted } from '../../core/index.js'
import type { Candidate, LoadTest } from '../../planner/index.js'
import { type Architecture, parseArchitecture } from '../../spec/index.js'
import {
  firstDeployment,
  type ProfileLoad,
  profileLoad,
  routeUnderTest,
  type Scorecard,
  scorecardSchema,
} from '../../verify/index.js'
import type { CommandContext } from '../command-context.js'
import { readKeptReport } from '../kept-report.js'
import { cliError } from '../messages.js'
import { architectureFiles, projectOf } from '../project.js'
import { readTextFile } from '../read-text-file.js'
import { designReportFile, type KeptReport } from '../write-design.js'

type Say = CommandContext['text']

/** A deployment in the words of `design fit`. */
export type DeploymentFlags = Readonly<Record<string, string | number | boolean>>

export interface ScorecardLoadTest {
  readonly flags: DeploymentFlags
  readonly test: LoadTest
  /** Why the time to the first token is not in the test; null where it is. */
  readonly ttftLeftOut: TtftLeftOut | null
}

/**
 * `untold`: the gateway did not say what it waited for the engine. `repeated`: too few questions were asked for the
 * first time. `shared`: much of each prompt is the same instructions. Both of these the engine's prefix cache reads.
 */
export type TtftLeftOut = 'untold' | 'repeated' | 'shared'

interface ScorecardOrigin {
  /** requirements.yaml of the project; it need not exist. */
  readonly requirements: string
  /** The architecture that was verified, where it has another name than those that `design` writes. */
  readonly architecture?: string | undefined
  /** Replicas that shared the load. */
  readonly replicas: number
}

/** @throws `cli.file-not-found` | `cli.report-broken` | `cli.scorecard-no-test` with what stands in the way */
export const scorecardLoadTest = (
  { requirements, architecture: named, replicas }: ScorecardOrigin,
  text: Say,
): ScorecardLoadTest => {
  const { directory, stateDirectory } = projectOf(requirements)
  const scorecard = readScorecard(join(stateDirectory, 'scorecard.json'))
  const files = named
    ? [named]
    : [directory, stateDirectory].flatMap((folder) => architectureFiles.map((name) => join(folder, name)))
  const architecture = verifiedArchitecture(files, scorecard, text)
  const kept = readKeptReport(stateDirectory)
  if (kept === 'broken') throw cliError('cli.report-broken', { file: join(stateDirectory, designReportFile) })
  const candidate = designedCandidate(architecture, kept, text)
  const measured = loadOf({ scorecard, stateDirectory }, text)
  const ttftLeftOut = whyNoTtft(measured, sharedTokens(architecture))
  const { concurrency, inputTokens, outputTokens, tpotMs, ttft } = measured
  return {
    flags: flagsOf(candidate),
    test: {
      load: {
        concurrency: Math.max(1, concurrency / replicas),
        inputTokens,
        outputTokens,
        openLoop: true,
      },
      tpotMs,
      ttftMs: ttftLeftOut === null ? (ttft?.ms ?? null) : null,
    },
    ttftLeftOut,
  }
}

/** Whether a scorecard is worth a load test: of a load, on the engine that was designed. */
export const isLoadTest = (
  scorecard: Scorecard,
  { architecture, stateDirectory }: { readonly architecture: Architecture; readonly stateDirectory: string },
): boolean => {
  const kept = readKeptReport(stateDirectory)
  return (
    kept !== 'broken' && speedRowsOf(scorecard).length > 0 && 'found' in lookUpCandidate(architecture, kept)
  )
}

const speedRowsOf = ({ rows }: Scorecard) =>
  rows.filter(({ evidence }) => evidence.file?.endsWith('profile_export.jsonl'))

const refuse = (detail: string) => cliError('cli.scorecard-no-test', { detail })

const readScorecard = (file: string): Scorecard => {
  if (!existsSync(file)) throw cliError('cli.file-not-found', { file, writtenBy: 'verify' })
  let value: unknown
  try {
    value = JSON.parse(readTextFile(file))
  } catch (error) {
    throw refuse(`${file}: ${String(error)}`)
  }
  const { data, error } = scorecardSchema.safeParse(value)
  if (!data) throw refuse(`${file}: ${error.message}`)
  return data
}

const verifiedArchitecture = (files: readonly string[], scorecard: Scorecard, text: Say): Architecture => {
  for (const file of files) {
    if (!existsSync(file)) continue
    const content = readTextFile(file)
    if (contentHash(content) === scorecard.architectureHash) return parseArchitecture(content, file)
  }
  throw refuse(
    text(
      `None of ${files.join(', ')} is what was verified: it has changed since. Run verify again, or name the file with --architecture.`,
      `${files.join('、')} 都不是當時驗證的內容，之後已有變更。請重新執行 verify，或以 --architecture 指定檔案。`,
    ),
  )
}

const designedCandidate = (
  architecture: Architecture,
  kept: KeptReport | undefined,
  text: Say,
): Candidate => {
  const looked = lookUpCandidate(architecture, kept)
  if ('found' in looked) return looked.found
  const [en, zhTW] = problems[looked.problem]
  throw refuse(text(en, zhTW))
}

const problems = {
  'stand-in': [
    'The load was answered by a stand-in for the designed engine, whose times say nothing about it. Verify on the machine with the accelerators.',
    '負載由替代引擎回答，其時間與設計的引擎無關。請在裝有加速器的機器上執行 verify。',
  ],
  'not-designed': [
    'What answered the load is not the deployment of the last design, so the planner does not know what it is. Name it with --points, --model and --gpu.',
    '回答負載的不是最近一次設計的部署，規劃器無從得知其內容。請以 --points、--model 與 --gpu 指定。',
  ],
  special: [
    'The design drafts tokens, has prompts on replicas of their own, shares its accelerators, or joins two models: what was measured is no test of the plain deployment.',
    '設計採用草稿解碼、提示獨立副本、共用加速器或結合兩個模型：量測結果不是單純部署的測試。',
  ],
} as const

const lookUpCandidate = (
  architecture: Architecture,
  kept: KeptReport | undefined,
): { readonly found: Candidate } | { readonly problem: keyof typeof problems } => {
  const route = routeUnderTest(architecture)
  const deployment = route && firstDeployment(architecture, route.name)
  if (deployment?.standsFor) return { problem: 'stand-in' }
  const chosen = kept?.chosen
  const hardware = deployment?.hardware
  const isChosen =
    chosen?.kind === 'self-hosted' &&
    kept?.launches.some((launch) => launch.deployment === deployment?.id) &&
    hardware?.accelerator === chosen.accelerator &&
    hardware?.quantization === chosen.precision &&
    hardware?.tensorParallel === chosen.layout?.tensorParallel &&
    hardware?.pipelineParallel === chosen.layout?.pipelineParallel
  if (!chosen || !isChosen) return { problem: 'not-designed' }
  return chosen.speculation || chosen.disaggregation || chosen.packing || chosen.routing
    ? { problem: 'special' }
    : { found: chosen }
}

const flagsOf = ({ model, accelerator, engine, precision, kvDtype, layout }: Candidate): DeploymentFlags => {
  const { tensorParallel = 1, pipelineParallel = 1, dataParallel = 1, expertParallel = false } = layout ?? {}
  return {
    model,
    gpu: accelerator ?? '',
    engine: engine ?? '',
    quantization: precision ?? '',
    kvDtype: kvDtype ?? 'auto',
    count: tensorParallel * pipelineParallel * dataParallel,
    tp: tensorParallel,
    pp: pipelineParallel,
    dp: dataParallel,
    ...(expertParallel ? { ep: true } : {}),
  }
}

/** A load in which more fail measures something else. */
const mostFailed = 0.05
/** Fewer answers are an anecdote. */
const leastAnswers = 20

/** More of a prompt than this, the same in every request, and its first token is that of a shorter one. */
const mostShared = 0.1
/** Characters of English in a token, roughly; of Chinese it is one or two. */
const charactersPerToken = 4

/** The instructions that the route puts before every prompt, tokens. */
const sharedTokens = (architecture: Architecture): number => {
  const route = routeUnderTest(architecture)
  const { system } = architecture.prompts.find(({ id }) => id === route?.prompt) ?? {}
  return (system?.en.length ?? 0) / charactersPerToken
}

const whyNoTtft = (
  { ttft, inputTokens }: Pick<ProfileLoad, 'ttft'> & { readonly inputTokens: number },
  shared: number,
): TtftLeftOut | null => {
  if (ttft === null) return 'untold'
  if (shared > mostShared * inputTokens) return 'shared'
  return ttft.answers < leastAnswers ? 'repeated' : null
}

type MeasuredLoad = { readonly [Name in keyof ProfileLoad]: NonNullable<ProfileLoad[Name]> } & Pick<
  ProfileLoad,
  'ttft'
>

/** The load of the scorecard, with enough answers. */
const loadOf = (
  { scorecard, stateDirectory }: { readonly scorecard: Scorecard; readonly stateDirectory: string },
  text: Say,
): MeasuredLoad => {
  const speed = speedRowsOf(scorecard)
  const file = speed[0]?.evidence.file
  if (!file || speed.some(({ verdict }) => verdict === 'invalid'))
    throw refuse(
      text(
        'The scorecard has no valid load: verify the area speed on a quiet machine.',
        '計分卡沒有有效的負載結果：請在閒置的機器上執行 verify 的 speed 項目。',
      ),
    )
  const path = join(stateDirectory, file)
  const load = profileLoad(readTextFile(path), path)
  const { answered, failed } = load
  const isEnough = answered >= leastAnswers && failed <= mostFailed * (answered + failed)
  if (isEnough && isWhole(load)) return load
  throw refuse(
    text(
      `${file} tells of ${counted(answered, 'answer')} and ${counted(failed, 'failure')}: at least ${leastAnswers} answers with their numbers of tokens are needed, and at most ${100 * mostFailed} % failures.`,
      `${file} 有 ${answered} 個回答、${failed} 個失敗：需要至少 ${leastAnswers} 個含詞元數的回答，且失敗不超過 ${100 * mostFailed}%。`,
    ),
  )
}

const isWhole = (load: ProfileLoad): load is MeasuredLoad =>
  load.concurrency !== null && load.inputTokens !== null && load.outputTokens !== null && load.tpotMs !== null
