// A measured workload for people, alone or beside what requirements state.

import { counted, formatMs, formatNumber, formatPercent, formatUsd } from '../core/index.js'
import type { BrokenReason, Comparison, Spread, Traffic } from '../planner/index.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

type Say = (en: string, zhTW: string) => string
const n = formatNumber

export const sayIn =
  ({ language }: Pick<Terminal, 'language'>): Say =>
  (en, zhTW) =>
    language === 'en' ? en : zhTW

export const trafficText = (traffic: Traffic, source: string, terminal: Terminal): string => {
  const say = sayIn(terminal)
  const none = say('not in this file', '檔案中沒有')
  const { covers, failed, notes } = traffic
  const period =
    covers.seconds === null
      ? none
      : `${periodText(covers.seconds, say)}${covers.from && covers.to ? ` (${covers.from} – ${covers.to})` : ''}`
  const rows: [string, string][] = [
    [say('format', '格式'), traffic.format],
    [
      say('requests', '請求'),
      (traffic.requests === null ? none : n(traffic.requests)) +
        (failed === null ? '' : say(`, ${n(failed)} failed`, `，${n(failed)} 個失敗`)),
    ],
    [say('covers', '涵蓋'), period],
    [say('rate', '速率'), rateText(traffic, say) ?? none],
    [
      say('burstiness', '突發程度'),
      traffic.gapVariation === null
        ? none
        : say(
            `gaps vary by ${n(traffic.gapVariation)} (1 = Poisson)`,
            `間隔變異係數 ${n(traffic.gapVariation)}（1 = 卜瓦松）`,
          ),
    ],
    [say('prefix-cache hits', '前綴快取命中'), hitsText(traffic, say) ?? none],
    [
      say('shared prefix', '共用前綴'),
      traffic.sharedPrefixTokens === null
        ? none
        : say(`${n(traffic.sharedPrefixTokens)} tokens`, `${n(traffic.sharedPrefixTokens)} 個詞元`),
    ],
    [
      say('repeated prompts', '重複提示'),
      traffic.repeated === null
        ? none
        : say(
            `${formatPercent(traffic.repeated.share, 'en')} of ${n(traffic.repeated.of)}`,
            `${n(traffic.repeated.of)} 個中的 ${formatPercent(traffic.repeated.share, 'zh-TW')}`,
          ),
    ],
    [say('daily curve', '每日曲線'), traffic.dailyCurve ? traffic.dailyCurve.join(' ') : none],
    [say('cost', '費用'), costText(traffic, say) ?? none],
  ]
  return [
    say(`What ${source} shows`, `${source} 顯示的工作負載`),
    renderTable([{ title: '' }, { title: '' }], rows)
      .split('\n')
      .slice(2)
      .map((line) => `  ${line}`)
      .join('\n'),
    '',
    lengthTable(traffic, say),
    ...modelTable(traffic, say),
    ...brokenLines(traffic, say),
    ...notes.map((note) => `! ${terminal.render(note)}`),
  ].join('\n')
}

const periodText = (seconds: number, say: Say): string => {
  const hours = seconds / 3600
  if (hours < 2) return formatMs(seconds * 1000)
  return hours < 48
    ? say(`${n(hours)} h`, `${n(hours)} 小時`)
    : say(`${n(hours / 24)} days`, `${n(hours / 24)} 天`)
}

const rateText = ({ rate }: Traffic, say: Say): string | null => {
  if (!rate) return null
  const peaks = rate.peaks.map(
    ({ windowSeconds, requestsPerSecond }) =>
      `${n(requestsPerSecond)}/s ${say(`(${n(windowSeconds)} s)`, `（${n(windowSeconds)} 秒）`)}`,
  )
  return [
    say(`mean ${n(rate.meanPerSecond)}/s`, `平均 ${n(rate.meanPerSecond)}/s`),
    ...(peaks.length > 0 ? [`${say('peaks', '尖峰')} ${peaks.join(say(', ', '、'))}`] : []),
    ...(rate.now
      ? [
          say(
            `now ${n(rate.now.requestsPerSecond)}/s over ${n(rate.now.seconds)} s`,
            `目前 ${n(rate.now.requestsPerSecond)}/s（${n(rate.now.seconds)} 秒內）`,
          ),
        ]
      : []),
  ].join(say('; ', '；'))
}

const hitsText = ({ basis: from, prefixCacheHits }: Traffic, say: Say): string | null => {
  if (!prefixCacheHits) return null
  const { share, basis, of } = prefixCacheHits
  if (basis !== 'blocks')
    return say(
      `${formatPercent(share, 'en')} of ${n(of)} tokens in`,
      `${n(of)} 個輸入詞元中的 ${formatPercent(share, 'zh-TW')}`,
    )
  const blocks = say(
    `${formatPercent(share, 'en')} of ${n(of)} blocks`,
    `${n(of)} 個區塊中的 ${formatPercent(share, 'zh-TW')}`,
  )
  return from === 'requests'
    ? say(`${blocks}, in a cache without limit`, `${blocks}（假設快取無上限）`)
    : blocks
}

const costText = ({ cost }: Traffic, say: Say): string | null => {
  const { reportedUsd, catalogueUsd, perMonthUsd, requestsWithoutPrice } = cost
  const parts = [
    ...(reportedUsd === null
      ? []
      : [say(`${formatUsd(reportedUsd)} reported`, `回報 ${formatUsd(reportedUsd)}`)]),
    ...(catalogueUsd === null
      ? []
      : [
          say(
            `${formatUsd(catalogueUsd)} at the catalogue's prices`,
            `依目錄價格 ${formatUsd(catalogueUsd)}`,
          ),
        ]),
    ...(perMonthUsd === null
      ? []
      : [say(`${formatUsd(perMonthUsd)} a month at this pace`, `依此速度每月 ${formatUsd(perMonthUsd)}`)]),
    ...(catalogueUsd !== null && requestsWithoutPrice > 0
      ? [
          say(
            `${n(requestsWithoutPrice)} requests without a price`,
            `${n(requestsWithoutPrice)} 個請求沒有價格`,
          ),
        ]
      : []),
  ]
  return parts.length > 0 ? parts.join('; ') : null
}

const lengthTable = (traffic: Traffic, say: Say): string => {
  const spreads: [string, Spread | null][] = [
    [say('tokens in', '輸入詞元'), traffic.inputTokens],
    [say('tokens out', '輸出詞元'), traffic.outputTokens],
    [say('latency (ms)', '延遲（毫秒）'), traffic.latencyMs],
  ]
  const shown = (value: number | null) => (value === null ? '-' : n(value))
  const withBounds = (spread: Spread, name: 'p50' | 'p90' | 'p95' | 'p99') => {
    const bounds = spread.bounds?.[name]
    if (!bounds) return shown(spread[name])
    return `${shown(spread[name])} (${n(bounds[0])}–${bounds[1] === null ? '∞' : n(bounds[1])})`
  }
  const columns = ['p50', 'p90', 'p95', 'p99'] as const
  return renderTable(
    [
      { title: '' },
      ...['n', say('mean', '平均'), ...columns, say('max', '最大')].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    spreads.map(([name, spread]) =>
      spread
        ? [
            name,
            n(spread.n),
            n(spread.mean),
            ...columns.map((column) => withBounds(spread, column)),
            shown(spread.max),
          ]
        : [`${name}: ${say('not in this file', '檔案中沒有')}`, '', '', '', '', '', '', ''],
    ),
  )
}

const shownModels = 12

const modelTable = ({ models }: Traffic, say: Say): string[] => {
  const named = models.filter(({ model }) => model !== null)
  if (named.length === 0) return []
  const usd = (value: number | null) => (value === null ? '-' : formatUsd(value))
  const right = { align: 'right' as const }
  return [
    '',
    renderTable(
      [
        { title: say('model', '模型'), maxWidth: 48 },
        { title: say('requests', '請求'), ...right },
        { title: say('share', '占比'), ...right },
        { title: say('tokens in', '輸入詞元'), ...right },
        { title: say('tokens out', '輸出詞元'), ...right },
        { title: say('reported', '回報費用'), ...right },
        { title: say('catalogue', '目錄價格'), ...right },
      ],
      named
        .slice(0, shownModels)
        .map((use) => [
          printable(use.provider === null ? `${use.model}` : `${use.provider} ${use.model}`),
          use.requests === null ? '-' : n(use.requests),
          use.share === null ? '-' : say(formatPercent(use.share, 'en'), formatPercent(use.share, 'zh-TW')),
          n(use.inputTokens),
          n(use.outputTokens),
          usd(use.reportedUsd),
          usd(use.catalogueUsd),
        ]),
    ),
    ...(named.length > shownModels
      ? [say(`and ${named.length - shownModels} more models`, `另有 ${named.length - shownModels} 個模型`)]
      : []),
  ]
}

/** Names come from a log: nothing of them may steer the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '�')

const reasons: Readonly<Record<BrokenReason, readonly [string, string]>> = {
  'not-json': ['no JSON object', '不是 JSON 物件'],
  fields: ['another number of fields than the header', '欄位數與標題列不同'],
  figures: ['without the time or the counts of its format', '缺少該格式的時間或數量'],
  tokens: [
    'a count of tokens that is no whole number from 0 to 1,000,000,000',
    '詞元數不是 0 到 1,000,000,000 的整數',
  ],
  'too-long': ['longer than any record', '過長'],
  'cut-off': ['cut off at the end', '結尾不完整'],
}

const brokenLines = ({ broken }: Traffic, say: Say): string[] => {
  if (broken.count === 0) return []
  const why = Object.entries(broken.reasons)
    .map(([reason, count]) => `${n(count)} ${say(...reasons[reason as BrokenReason])}`)
    .join(say(', ', '、'))
  const where = broken.first
    .map(({ line, lines }) => (lines > 1 ? `${line}–${line + lines - 1}` : line))
    .join(say(', ', '、'))
  const more = broken.count > broken.first.reduce((sum, { lines }) => sum + lines, 0) ? say(', …', '、…') : ''
  return [
    '',
    say(
      `✗ ${counted(broken.count, 'line')} could not be used (${why}): ${where}${more}`,
      `✗ ${n(broken.count)} 行無法採用（${why}）：${where}${more}`,
    ),
  ]
}

export const comparisonText = (comparison: readonly Comparison[], terminal: Terminal): string => {
  const say = sayIn(terminal)
  const marks = { agrees: '✓', contradiction: '✗', tension: '!', 'not-measured': '·' } as const
  const shown = (value: number | null) => (value === null ? '-' : n(value))
  return [
    say('The requirements beside the traffic', '需求與實際流量對照'),
    renderTable(
      [
        { title: '' },
        { title: say('field', '欄位') },
        { title: say('stated', '需求所述'), align: 'right' },
        { title: say('measured', '實測'), align: 'right' },
        { title: '' },
      ],
      comparison.map(({ path, stated, measured, kind, message }) => [
        marks[kind],
        path,
        shown(stated),
        measured === null ? say('not in this file', '檔案中沒有') : shown(measured),
        message ? terminal.render(message) : '',
      ]),
    ),
  ].join('\n')
}
