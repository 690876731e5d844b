// `keys`: virtual keys of a system. A secret is shown once, when it is made.

import type { Command } from 'commander'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'
import { numberOption, timeOption, wordOption } from './option-values.js'
import { architectureOption } from './project.js'
import { callAdmin } from './running-system.js'
import { renderTable } from './table.js'
import { withSystem } from './with-system.js'

interface KeyJson {
  readonly id: string
  readonly name: string
  readonly tenant: string
  readonly groups: readonly string[]
  readonly routes: readonly string[] | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

interface Answer {
  readonly keys?: readonly KeyJson[]
  readonly secret?: string
  readonly record?: KeyJson
  /** After a rotation. */
  readonly formerUntil?: string
}

interface Options {
  readonly architecture?: string
  readonly tenant?: string
  readonly group?: string[]
  readonly route?: string[]
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly monthlyUsd?: number
  readonly expires?: string
  readonly overlapHours?: number
}

const actionNames = ['create', 'list', 'revoke', 'rotate'] as const
type ActionName = (typeof actionNames)[number]

export const registerKeys = (program: Command, context: CommandContext): void => {
  const { text } = context
  program
    .command('keys')
    .argument('<action>', 'create | list | revoke | rotate', wordOption(text, 'keys', actionNames))
    .argument('[name-or-id]', text('name of a new key, id of an old one', '新金鑰的名稱，或既有金鑰的識別碼'))
    .description(text('Make, list, revoke and rotate virtual keys', '建立、列出、撤銷與輪替虛擬金鑰'))
    .option(...architectureOption(text))
    .option('--tenant <tenant>', text('tenant of the key', '金鑰所屬租戶'))
    .option('--group <group...>', text('groups whose documents it may read', '可讀取文件的群組'))
    .option('--route <route...>', text('routes it may use (default: all)', '可使用的路由（預設全部）'))
    .option(
      '--requests-per-minute <n>',
      text('0 = no limit', '0 表示不限'),
      numberOption(text, { option: '--requests-per-minute', least: 0 }),
    )
    .option(
      '--tokens-per-minute <n>',
      text('0 = no limit', '0 表示不限'),
      numberOption(text, { option: '--tokens-per-minute', least: 0 }),
    )
    .option(
      '--monthly-usd <usd>',
      text('budget of a calendar month', '每月預算'),
      numberOption(text, { option: '--monthly-usd', least: 0, whole: false }),
    )
    .option('--expires <time>', text('ISO 8601', 'ISO 8601 時間'), timeOption(text, '--expires'))
    .option(
      '--overlap-hours <n>',
      text(
        'rotate: how long the old secret stays valid beside the new one; 0 = not at all (default: 24)',
        'rotate：舊密鑰與新密鑰並存的時數；0 表示立即失效（預設 24）',
      ),
      numberOption(text, { option: '--overlap-hours', least: 0, most: 366 * 24, whole: false }),
    )
    .action(async (action: ActionName, name: string | undefined, options: Options) => {
      const call = requestFor(action, name, options, context)
      const answer = await withSystem(context, {
        architecture: options.architecture,
        withKnowledge: false,
        run: (system) =>
          callAdmin<Answer>(system, {
            ...call,
            signal: context.signal,
            language: context.language,
          }),
      })
      context.terminal().result(answer, () => describe(answer, context))
    })
}

const requestFor = (
  action: ActionName,
  name: string | undefined,
  options: Options,
  { text }: CommandContext,
) => {
  const named = (path: (id: string) => string) => {
    if (name !== undefined) return path(encodeURIComponent(name))
    throw cliError('cli.bad-argument', {
      detail:
        action === 'create'
          ? text('keys create needs the name of the new key.', 'keys create 需要新金鑰的名稱。')
          : text(`keys ${action} needs the id of a key.`, `keys ${action} 需要金鑰的識別碼。`),
    })
  }
  switch (action) {
    case 'list':
      return {
        path: `/admin/keys${options.tenant === undefined ? '' : `?tenant=${encodeURIComponent(options.tenant)}`}`,
      }
    case 'create':
      named(() => '')
      return { method: 'POST' as const, path: '/admin/keys', body: newKey(name ?? '', options) }
    case 'revoke':
      return { method: 'DELETE' as const, path: named((id) => `/admin/keys/${id}`) }
    case 'rotate':
      return {
        method: 'POST' as const,
        path: named((id) => `/admin/keys/${id}/rotate`),
        body: options.overlapHours === undefined ? {} : { overlapSeconds: options.overlapHours * 3600 },
      }
  }
}

const newKey = (name: string, options: Options) =>
  Object.fromEntries(
    Object.entries({
      name,
      tenant: options.tenant,
      groups: options.group,
      routes: options.route,
      requestsPerMinute: options.requestsPerMinute,
      tokensPerMinute: options.tokensPerMinute,
      monthlyBudgetUsd: options.monthlyUsd,
      expiresAt: options.expires,
    }).filter(([, value]) => value !== undefined),
  )

const describe = (answer: Answer, { text }: CommandContext): string => {
  const keys = answer.keys ?? (answer.record ? [answer.record] : [])
  const table = renderTable(
    [
      { title: 'id' },
      { title: text('name', '名稱') },
      { title: text('tenant', '租戶') },
      { title: text('routes', '路由') },
      { title: text('state', '狀態') },
    ],
    keys.map((key) => [key.id, key.name, key.tenant, key.routes?.join(', ') ?? '*', stateOf(key, text)]),
  )
  if (answer.secret === undefined) return table
  return [
    table,
    '',
    text(
      `Secret (shown once, keep it now): ${answer.secret}`,
      `金鑰（僅顯示這一次，請立即保存）：${answer.secret}`,
    ),
    ...(answer.formerUntil === undefined ? [] : [formerText(answer.formerUntil, text)]),
  ].join('\n')
}

const formerText = (until: string, text: CommandContext['text']): string =>
  Date.parse(until) <= Date.now()
    ? text('The old secret is no longer valid.', '舊密鑰已失效。')
    : text(
        `The old secret stays valid beside it until ${until}. To end it at once: keys rotate ID --overlap-hours 0`,
        `舊密鑰在 ${until} 之前仍然有效。若要立即失效：keys rotate 識別碼 --overlap-hours 0`,
      )

const stateOf = (key: KeyJson, text: CommandContext['text']): string => {
  if (key.revokedAt) return text(`revoked ${key.revokedAt}`, `已於 ${key.revokedAt} 撤銷`)
  return key.expiresAt ? text(`until ${key.expiresAt}`, `有效至 ${key.expiresAt}`) : text('in force', '有效')
}
