// `audit`: the log of who asked or changed what and how it ended. Reads the files alone, so that it needs no system that
// runs and trusts none.

import type { Command } from 'commander'
import {
  type AuditQuery,
  type AuditReport,
  type PlacedRecord,
  readAuditLog,
  verifyAuditLog,
} from '../audit/index.js'
import type { CommandContext } from './command-context.js'
import { numberOption, timeOption, wordOption } from './option-values.js'
import { architectureOption, auditDirectory, chooseArchitecture, projectOf } from './project.js'
import { render } from './render.js'
import { renderTable } from './table.js'

interface Options {
  readonly architecture?: string
  readonly checkpoint?: string
  readonly publicKey?: string
  readonly tenant?: string
  readonly key?: string
  readonly request?: string
  readonly end?: string
  readonly since?: string
  readonly until?: string
  readonly limit: number
}

const ends = ['finished', 'failed', 'cancelled', 'blocked', 'refused'] as const

export const registerAudit = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('audit')
    .argument('<action>', 'verify | show', wordOption(text, 'audit', ['verify', 'show']))
    .description(
      text('Verify or show the log of who asked or changed what', '驗證或顯示稽核紀錄：誰要求或變更了什麼'),
    )
    .option(...architectureOption(text))
    .option(
      '--checkpoint <file>',
      text('verify: a checkpoint that you keep elsewhere', 'verify：另行保存的檢查點'),
    )
    .option(
      '--public-key <file>',
      text('verify: the public key that you keep elsewhere', 'verify：另行保存的公開金鑰'),
    )
    .option('--tenant <tenant>', text('show: only this tenant', 'show：只看這個租戶'))
    .option('--key <id>', text('show: only this key', 'show：只看這把金鑰'))
    .option('--request <id>', text('show: only this request', 'show：只看這個請求'))
    .option(
      '--end <end>',
      text(`show: only what ended so: ${ends.join(', ')}`, `show：只看以此結束者：${ends.join('、')}`),
      wordOption(text, '--end', ends),
    )
    .option(
      '--since <time>',
      text('show: from this time on (ISO 8601)', 'show：起始時間（ISO 8601）'),
      timeOption(text, '--since'),
    )
    .option(
      '--until <time>',
      text('show: before this time (ISO 8601)', 'show：結束時間（ISO 8601）'),
      timeOption(text, '--until'),
    )
    .option(
      '--limit <n>',
      text('show: how many of the newest entries', 'show：最新幾筆'),
      numberOption(text, { option: '--limit', least: 1, most: 100_000 }),
      20,
    )
    .action((action: 'verify' | 'show', options: Options) => {
      const architecture = chooseArchitecture(options.architecture, context)
      const directory = auditDirectory(projectOf(architecture).stateDirectory)
      if (action === 'verify') verify(directory, options, context)
      else show(directory, options, context)
    })
}

const verify = (directory: string, options: Options, context: CommandContext) => {
  const report = verifyAuditLog({
    directory,
    checkpointFile: options.checkpoint,
    publicKeyFile: options.publicKey,
  })
  const isWhole = report.problems.length === 0
  const problems = report.problems.map((problem) => ({
    ...problem,
    message: render(problem, context.language),
  }))
  context.terminal().result({ ...report, isWhole, problems }, () => reportText(report, context))
  context.exitWith(isWhole ? 0 : 1)
}

/** More would not be read. */
const shownProblems = 50

const reportText = (report: AuditReport, { text, language }: CommandContext): string => {
  const { problems, entries, last, droppedEntries } = report
  const more = problems.length - shownProblems
  const lines = [
    ...problems.slice(0, shownProblems).map((problem) => `- ${render(problem, language)}`),
    ...(more > 0 ? [text(`... and ${more} more problems`, `……另有 ${more} 個問題`)] : []),
    ...(droppedEntries > 0
      ? [
          text(
            `The log says itself that ${droppedEntries} entries could not be written.`,
            `紀錄本身註明有 ${droppedEntries} 筆未能寫入。`,
          ),
        ]
      : []),
    problems.length === 0
      ? text(
          `Whole: ${entries} entries, the last one ${last.n} ${last.hash}`,
          `完整：共 ${entries} 筆，最後一筆為 ${last.n} ${last.hash}`,
        )
      : text(
          `Not whole: ${problems.length} problems in ${entries} entries`,
          `不完整：${entries} 筆中有 ${problems.length} 個問題`,
        ),
  ]
  return `${lines.join('\n')}\n`
}

const show = (directory: string, options: Options, context: CommandContext) => {
  const { limit, tenant, key, request, end, since, until } = options
  const query: AuditQuery = { limit, tenant, keyId: key, requestId: request, end, since, until }
  const entries = readAuditLog(directory, query)
  context.terminal().result({ entries }, () => tableOf(entries))
}

const columns = ['n', 'at', 'who', 'what', 'subject', 'answeredBy', 'end', 'errorCode']

const tableOf = (entries: readonly PlacedRecord[]): string =>
  renderTable(
    columns.map((title) => ({ title })),
    entries.map((entry) => {
      const cells = cellsOf(entry)
      return columns.map((column) => cells[column] ?? '-')
    }),
  )

const cellsOf = (entry: PlacedRecord): Readonly<Record<string, string | null>> => {
  const place = { n: String(entry.n), at: entry.at }
  if (entry.type === 'request') {
    const { tenant, keyId, route, requestId, answeredBy, end, errorCode } = entry
    return {
      ...place,
      who: `${tenant} ${keyId}`,
      what: route,
      subject: requestId,
      answeredBy,
      end,
      errorCode,
    }
  }
  if (entry.type === 'admin') {
    const { action, subject, errorCode } = entry
    return { ...place, who: 'admin', what: action, subject, errorCode }
  }
  if (entry.type === 'opened') return { ...place, who: 'log', what: entry.type, errorCode: entry.problem }
  const subject = String(entry.type === 'dropped' ? entry.entries : entry.through)
  return { ...place, who: 'log', what: entry.type, subject }
}
