// `ingest`: brings the knowledge bases in line with their folders and says what became of each file.

import type { Command } from 'commander'
import type { Language } from '../core/index.js'
import type { Job } from '../jobs/index.js'
import type { IngestReport } from '../rag/index.js'
import { createLogger } from '../telemetry/index.js'
import type { CommandContext } from './command-context.js'
import { ingestAll, reportOf } from './ingest-all.js'
import { cliError } from './messages.js'
import { printable } from './printable.js'
import { architectureOption, chooseArchitecture, loadArchitecture, projectOf } from './project.js'
import { callAdmin, findRunningSystem, type RunningSystem } from './running-system.js'
import { serveSystem } from './serve-system.js'

interface Options {
  readonly architecture?: string
}

export const registerIngest = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('ingest')
    .argument('[knowledge]', text('only this knowledge base', '只處理這個知識庫'))
    .description(text('Read the documents into the knowledge bases', '將文件讀入知識庫'))
    .option(...architectureOption(text))
    .action(async (only: string | undefined, options: Options) => {
      const file = chooseArchitecture(options.architecture, context)
      const known = loadArchitecture(file).value.knowledge.map(({ id }) => id)
      if (only !== undefined && !known.includes(only))
        throw cliError('cli.knowledge-unknown', { id: only, known: known.join(', ') })
      const reports = await ingest(file, only, context)
      const failed = reports.some((report) => report.counts.failed > 0)
      context.terminal().result(reports, () => reports.map((report) => describe(report, context)).join('\n'))
      context.exitWith(failed ? 1 : 0)
    })
}

const ingest = async (
  file: string,
  only: string | undefined,
  context: CommandContext,
): Promise<IngestReport[]> => {
  const { stateDirectory } = projectOf(file)
  const running = await findRunningSystem(stateDirectory)
  if (running) return ingestThere(running, file, { only, signal: context.signal, language: context.language })
  const log = createLogger({ level: 'error', stream: process.stderr })
  const system = await serveSystem({
    architectureFile: file,
    stateDirectory,
    environment: context.environment,
    log,
    port: 0,
    withEngines: false,
  })
  try {
    return await ingestAll(system, { terminal: context.terminal(), signal: context.signal, only })
  } finally {
    await system.close()
  }
}

const pollMs = 300

/** A running system is the only writer of its index, so it is asked to do it. */
const ingestThere = async (
  system: RunningSystem,
  file: string,
  { only, ...call }: { only: string | undefined; signal: AbortSignal; language: Language },
): Promise<IngestReport[]> => {
  const reports: IngestReport[] = []
  for (const { id } of loadArchitecture(file).value.knowledge) {
    if (only !== undefined && id !== only) continue
    const started = await callAdmin<{ job: string }>(system, {
      method: 'POST',
      path: `/admin/knowledge/${id}/ingest`,
      ...call,
    })
    for (;;) {
      const job = await callAdmin<Job>(system, { path: `/admin/jobs/${started.job}`, ...call })
      if (job.state === 'queued' || job.state === 'running')
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      else {
        reports.push(reportOf(job, id))
        break
      }
    }
  }
  return reports
}

/** What became of a file, in Chinese. */
const states: Readonly<Record<string, string>> = {
  ingested: '已讀入',
  unchanged: '未變更',
  removed: '已移除',
  empty: '無內容',
  ignored: '略過',
  failed: '失敗',
}
const stateOf = (state: string) => states[state] ?? state

const maxRemarks = 40

const describe = (report: IngestReport, { text, terminal }: CommandContext): string => {
  const { counts, files } = report
  const summary = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => text(`${count} ${state}`, `${count} 份${stateOf(state)}`))
    .join(text(', ', '、'))
  const remarks = files.flatMap(({ path, state, reason }) =>
    reason
      ? [`  ${text(`${state}: `, `${stateOf(state)}：`)}${printable(path)} — ${terminal().render(reason)}`]
      : [],
  )
  const shown = remarks.slice(0, maxRemarks)
  if (remarks.length > maxRemarks) {
    const rest = remarks.length - maxRemarks
    shown.push(text(`  and ${rest} more; all of them with --json`, `  另有 ${rest} 項；以 --json 可全部列出`))
  }
  const head = text(
    `${report.knowledge}: ${summary}; ${report.passages} passages; ${Math.round(report.durationMs)} ms`,
    `${report.knowledge}：${summary}；共 ${report.passages} 個段落；${Math.round(report.durationMs)} 毫秒`,
  )
  return [head, ...shown].join('\n')
}
