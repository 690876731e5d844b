// `ledger`: what every call used and cost, row by row or summed.

import type { Command } from 'commander'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { momentOf, momentOption, numberOption, wordOption } from './option-values.js'
import { architectureOption } from './project.js'
import { callAdmin } from './running-system.js'
import { renderTable } from './table.js'
import { withSystem } from './with-system.js'

interface Options {
  readonly architecture?: string
  readonly by?: string
  readonly tenant?: string
  readonly since?: string
  readonly until?: string
  readonly after?: string
  readonly oldest?: boolean
  readonly limit: number
}

type Row = Readonly<Record<string, string | number | null>>
interface Answer {
  readonly rows?: readonly Row[]
  readonly groups?: readonly Row[]
  /** Where the next page starts; null at the end. */
  readonly next?: string | null
}

/** Titles in Chinese, by the field they show. */
const rowColumns = {
  startedAt: '開始時間',
  requestId: '請求識別碼',
  attempt: '嘗試',
  tenant: '租戶',
  route: '路由',
  deployment: '部署',
  end: '結束方式',
  inputTokens: '輸入詞元',
  outputTokens: '輸出詞元',
  totalMs: '毫秒',
  costUsd: '費用（美元）',
}
const titles: Readonly<Record<string, string>> = {
  ...rowColumns,
  group: '分組',
  requests: '請求數',
  attempts: '嘗試次數',
  failed: '失敗',
  unsettled: '未結算',
  unpriced: '無價格',
}

export const registerLedger = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('ledger')
    .description(
      text('Show what calls used and cost, the newest first', '顯示每次呼叫的用量與費用，由新到舊'),
    )
    .option(...architectureOption(text))
    .option(
      '--by <group>',
      text('sums by tenant, key, route, deployment or day', '依 tenant、key、route、deployment 或 day 加總'),
      wordOption(text, '--by', ['tenant', 'key', 'route', 'deployment', 'day']),
    )
    .option('--tenant <tenant>', text('only this tenant', '只看這個租戶'))
    .option(
      '--since <time>',
      text('from this time on (ISO 8601)', '起始時間（ISO 8601）'),
      momentOption(text, '--since'),
    )
    .option(
      '--until <time>',
      text('before this time (ISO 8601)', '結束時間（ISO 8601）'),
      momentOption(text, '--until'),
    )
    .option(
      '--limit <n>',
      text('rows of a page; sums show all groups', '每頁筆數；加總會顯示所有分組'),
      numberOption(text, { option: '--limit', least: 1, most: 1000 }),
      20,
    )
    .option(
      '--after <next>',
      text('the page after: the `next` of the one before', '下一頁：填入前一頁的 next'),
    )
    .option('--oldest', text('the oldest first', '由舊到新'))
    .action(async (options: Options) => {
      checkRange(options, text)
      const answer = await withSystem(context, {
        architecture: options.architecture,
        withKnowledge: false,
        run: (system) =>
          callAdmin<Answer>(system, {
            path: pathOf(options),
            signal: context.signal,
            language: context.language,
          }),
      })
      context
        .terminal()
        .result(answer, () => [tableOf(answer, text), ...moreText(answer, options, text)].join('\n'))
    })
}

const pathOf = ({ by, tenant, since, until, limit, after, oldest }: Options): string => {
  const filter = { tenant, since, until }
  const given =
    by === undefined
      ? { ...filter, limit: String(limit), after, first: oldest ? undefined : 'newest' }
      : { ...filter, by }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, value)
  return `/admin/ledger${by === undefined ? '' : '/summary'}?${query}`
}

/** @throws `cli.bad-argument` where nothing can lie between the two times */
const checkRange = ({ since, until }: Options, text: CommandContext['text']): void => {
  if (since === undefined || until === undefined || momentOf(since) <= momentOf(until)) return
  throw cliError('cli.bad-argument', {
    detail: text(
      `The range is reversed: --since ${since} is later than --until ${until}.`,
      `時間範圍顛倒：--since ${since} 晚於 --until ${until}。`,
    ),
  })
}

const moreText = (
  { rows, next }: Answer,
  { oldest }: Options,
  text: CommandContext['text'],
): readonly string[] => {
  if (!next || !rows) return []
  const way = oldest ? text('later', '較新的') : text('earlier', '較舊的')
  return [
    '',
    text(
      `${rows.length} rows; there are ${way} ones: the same command with --after ${next}`,
      `共 ${rows.length} 筆；還有${way}記錄：同一個指令加上 --after ${next}`,
    ),
  ]
}

const tableOf = ({ rows, groups }: Answer, text: CommandContext['text']): string => {
  const shown = groups ?? rows ?? []
  const columns = groups ? Object.keys(groups[0] ?? { group: '' }) : Object.keys(rowColumns)
  return renderTable(
    columns.map((field) => ({
      title: text(field, titles[field] ?? field),
      align: typeof shown[0]?.[field] === 'number' ? ('right' as const) : ('left' as const),
    })),
    shown.map((row) => columns.map((column) => cell(row[column]))),
  )
}

const cell = (value: Row[string] | undefined): string =>
  value === null || value === undefined ? '-' : String(value)
