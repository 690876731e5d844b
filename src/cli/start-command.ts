// `npm start`: the whole loop on examples/bank-support. Requirements assessed, the architecture designed for the real
// load, the same system built here, its documents ingested, and the result measured; then it goes on serving.

import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import type { MachineFacts } from '../planner/index.js'
import { createLogger, type RootLogger } from '../telemetry/index.js'
import { assessmentText } from './assessment-text.js'
import type { CommandContext } from './command-context.js'
import { designProject } from './design-project.js'
import { designText } from './design-text.js'
import { engineProgress } from './engine-progress.js'
import { ingestAll } from './ingest-all.js'
import { measureMachine } from './machine/measure-machine.js'
import { measuringText } from './machine/measuring-text.js'
import { machineDesignText } from './machine-design-text.js'
import { openResources, type Resources } from './open-resources.js'
import { portOption } from './option-values.js'
import { packageFile } from './package-file.js'
import { agreeToCost, paidLoadOf } from './paid-load.js'
import { loadArchitecture, loadRequirements } from './project.js'
import { loadProfileOf } from './project-load.js'
import { scorecardText } from './scorecard-text.js'
import { type ServingSystem, serveSystem } from './serve-system.js'
import { showProgress } from './show-progress.js'
import { startDirectory } from './start-directory.js'
import { tryLines } from './try-lines.js'
import { untilAborted } from './until-aborted.js'
import { verifyProject } from './verify-project.js'

interface Options {
  readonly once?: boolean
  readonly engine?: string
  readonly yes?: boolean
  readonly port?: number
}

const requirementsFile = packageFile('examples/bank-support/requirements.yaml')

export const registerStart = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('start')
    .description(
      text(
        'Do everything on examples/bank-support, then keep serving',
        '在 examples/bank-support 上走完整個流程並持續服務',
      ),
    )
    .option('--once', text('stop after the scorecard', '產出計分卡後結束'))
    .option(
      '--engine <name>',
      text(
        'use an engine that was found, or a provider whose key is in the environment',
        '使用找到的引擎，或環境變數中有金鑰的供應商',
      ),
    )
    .option('--yes', text('agree to what a paid engine will charge', '同意付費引擎的費用'))
    .option('--port <n>', text('port to listen on', '監聽的連接埠'), portOption(text))
    .action((options: Options) => start(options, context, startDirectory(packageFile('.'), process.cwd())))
}

/** @throws `supervisor.directory-locked` before anything is printed */
export const start = async (
  options: Options,
  context: CommandContext,
  stateDirectory: string,
): Promise<void> => {
  mkdirSync(stateDirectory, { recursive: true })
  const log = createLogger({ level: 'warn', stream: process.stderr })
  const terminal = context.terminal()
  const measured = Promise.withResolvers<MachineFacts>()
  const measure = () =>
    measureMachine({
      stateDirectory,
      environment: context.environment,
      log,
      signal: context.signal,
      hasLocalModels: true,
      onMeasure: () => terminal.note(measuringText(context.text)),
    })
  // The database and the knowledge process take their seconds while the design is made and read.
  const resources = openResources({
    stateDirectory,
    databaseUrl: undefined,
    environment: context.environment,
    log,
    // Before anything else runs, which would be measured along.
    onLocked: async () => measured.resolve(await measure()),
  })
  // Whoever needs them awaits them and hears of it; until then a failure is nobody's unhandled rejection.
  resources.catch(() => {})
  try {
    await Promise.race([measured.promise, resources])
    await run(options, { stateDirectory, machine: await measured.promise, resources, log }, context)
  } finally {
    // What could not be opened has closed itself, and its error has been thrown by `run`.
    const opened = await resources.catch(() => undefined)
    await opened?.close()
    log.flush()
  }
}

interface Opened {
  readonly stateDirectory: string
  readonly machine: MachineFacts
  readonly resources: Promise<Resources>
  readonly log: RootLogger
}

const run = async (
  options: Options,
  { stateDirectory, machine, resources, log }: Opened,
  context: CommandContext,
): Promise<void> => {
  const terminal = context.terminal()
  const { text } = context
  const { assessment, report, local } = await designProject(requirementsFile, {
    environment: context.environment,
    language: context.language,
    write: true,
    log,
    machine,
    directory: stateDirectory,
    engine: options.engine,
    requestsPerSecond: loadProfileOf(dirname(requirementsFile), 'here').requestsPerSecond,
  })
  const heading = (en: string, zhTW: string) => terminal.print(`\n━━ ${text(en, zhTW)} ━━\n`)
  heading('1. Assessment', '1. 需求評估')
  terminal.print(assessmentText(assessment, terminal))
  heading('2. Design for the real load', '2. 依實際負載的設計')
  terminal.print(designText(report, terminal))
  heading('3. The same system on this machine', '3. 在這台機器上的同一個系統')
  terminal.print(machineDesignText(local, machine, context))
  if (!local.architecture) return context.exitWith(1)
  const directory = dirname(requirementsFile)
  const load = paidLoadOf({
    architecture: local.architecture,
    requirements: loadRequirements(requirementsFile).value,
    directory,
    profile: loadProfileOf(directory, 'here'),
  })
  await agreeToCost(load, { yes: options.yes === true, context })
  const architectureFile = join(stateDirectory, 'architecture.local.yaml')
  const port = options.port ?? (options.once ? 0 : undefined)
  const system = await serveSystem({
    architectureFile,
    stateDirectory,
    environment: context.environment,
    log,
    resources,
    signal: context.signal,
    ...engineProgress(terminal, text),
    ...(port === undefined ? {} : { port }),
  })
  try {
    await measure(system, { architectureFile, stateDirectory, heading }, context)
    if (options.once) return
    terminal.print(`\n${tryLines(system, dirname(requirementsFile), context).join('\n')}`)
    await untilAborted(context.signal)
  } finally {
    await system.close()
  }
}

interface Place {
  readonly architectureFile: string
  readonly stateDirectory: string
  readonly heading: (en: string, zhTW: string) => void
}

const measure = async (system: ServingSystem, place: Place, context: CommandContext): Promise<void> => {
  const terminal = context.terminal()
  const { text } = context
  for (const { knowledge, counts, passages } of await ingestAll(system, { terminal, signal: context.signal }))
    terminal.print(
      text(
        `Ingested ${knowledge}: ${counts.ingested + counts.unchanged} documents, ${passages} passages.`,
        `已讀入 ${knowledge}：${counts.ingested + counts.unchanged} 份文件、${passages} 個段落。`,
      ),
    )
  place.heading(
    '4. Scorecard: predicted for this machine, measured on this machine',
    '4. 計分卡：本機的預測與實測',
  )
  const architecture = loadArchitecture(place.architectureFile)
  const scorecard = await verifyProject({
    requirementsFile,
    architecture,
    stateDirectory: place.stateDirectory,
    system,
    profile: 'here',
    environment: context.environment,
    signal: context.signal,
    onProgress: showProgress(terminal),
  })
  terminal.progressEnd()
  const requirements = loadRequirements(requirementsFile).value
  terminal.result(scorecard, () =>
    scorecardText({ scorecard, requirements, architecture: architecture.value }, context),
  )
  terminal.note(
    text(
      `Scorecard: ${join(place.stateDirectory, 'scorecard.json')}`,
      `計分卡：${join(place.stateDirectory, 'scorecard.json')}`,
    ),
  )
}
