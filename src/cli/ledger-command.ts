// `ledger`: what every call used and cost, row by row or summed.

import type { Command } from 'commander'
import type { CommandContext } from './command-context.js'
import { numberOption, wordOption } from './option-values.js'
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
  readonly limit: number
}

type Row = Readonly<Record<string, string | number | null>>
type Answer = { readonly rows?: readonly Row[]; readonly groups?: readonly Row[] }

const rowColumns = [
  'startedAt',
  'requestId',
  'attempt',
  'tenant',
  'route',
  'deployment',
  'end',
  'inputTokens',
  'outputTokens',
  'totalMs',
  'costUsd',
]

export const registerLedger = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('ledger')
    .description(text('Show what calls used and cost', '顯示每次呼叫的用量與費用'))
    .option(...architectureOption(text))
    .option(
      '--by <group>',
      text('sums by tenant, key, route, deployment or day', '依 tenant、key、route、deployment 或 day 加總'),
      wordOption(text, '--by', ['tenant', 'key', 'route', 'deployment', 'day']),
    )
    .option('--tenant <tenant>', text('only this tenant', '只看這個租戶'))
    .option('--since <time>', text('from this time on (ISO 8601)', '起始時間（ISO 8601）'))
    .option('--until <time>', text('before this time (ISO 8601)', '結束時間（ISO 8601）'))
    .option(
      '--limit <n>',
      text('rows to show', '顯示筆數'),
      numberOption(text, { option: '--limit', least: 1, most: 1000 }),
      20,
    )
    .action(async (options: Options) => {
      const { by, tenant, since, until, limit } = options
      const given = { by, tenant, since, until }
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, value)
      if (by === undefined) query.set('limit', String(limit))
      const path = `/admin/ledger${by === undefined ? '' : '/summary'}?${query}`
      const answer = await withSystem(context, {
        architecture: options.architecture,
        withKnowledge: false,
        run: (system) =>
          callAdmin<Answer>(system, { path, signal: context.signal, language: context.language }),
      })
      context.terminal().result(answer, () => tableOf(answer))
    })
}

const tableOf = ({ rows, groups }: Answer): string => {
  const shown = groups ?? rows ?? []
  const columns = groups ? Object.keys(groups[0] ?? { group: '' }) : rowColumns
  return renderTable(
    columns.map((title) => ({
      title,
      align: typeof shown[0]?.[title] === 'number' ? ('right' as const) : ('left' as const),
    })),
    shown.map((row) => columns.map((column) => cell(row[column]))),
  )
}

const cell = (value: Row[string] | undefined): string =>
  value === null || value === undefined ? '-' : String(value)
