// The money of a design for people: the bill, other ways to the same work, and what moves it.

import { counted, formatMs, formatNumber, formatUsd } from '../core/index.js'
import type { CostBreakdown, CostReport } from '../planner/index.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

type Say = (en: string, zhTW: string) => string

/** Inputs that are worth a line: the first few that move the bill at all. */
const shownInputs = 4

export const costText = (
  cost: CostReport,
  { language, render }: Pick<Terminal, 'language' | 'render'>,
): string => {
  const say: Say = (en, zhTW) => (language === 'en' ? en : zhTW)
  const { breakdown, alternatives, adaptation, longDocuments, ingest } = cost
  return [
    say('What it costs in a month:', '每月費用：'),
    renderTable(
      [
        { title: '' },
        { title: say('$/month', '每月費用'), align: 'right' },
        { title: say('range', '範圍'), align: 'right' },
        { title: say('how', '計算方式'), maxWidth: 110 },
      ],
      [
        ...breakdown.lines.map((line) => [
          render(line.title),
          formatUsd(line.usdPerMonth),
          rangeOf(line.lowUsdPerMonth, line.highUsdPerMonth),
          render(line.basis),
        ]),
        [
          say('Total', '合計'),
          formatUsd(breakdown.totalUsdPerMonth),
          rangeOf(breakdown.lowUsdPerMonth, breakdown.highUsdPerMonth),
          perUnit(breakdown, say),
        ],
      ],
    ),
    ...breakdown.notCounted.map((message) => `  · ${render(message)}`),
    ...(cost.usdPerMonthInAYear === null
      ? []
      : [
          say(
            `In a year, with the growth of scale.growthPerYear: ${formatUsd(cost.usdPerMonthInAYear)} a month.`,
            `一年後（依 scale.growthPerYear 成長）：每月 ${formatUsd(cost.usdPerMonthInAYear)}。`,
          ),
        ]),
    ...alternatives.map(({ message }) => `→ ${render(message)}`),
    ...inputs(cost, say),
    '',
    say('Prompt, retrieve or tune:', '提示、檢索或微調：'),
    ...adaptation.options.map(
      ({ kind, basis }) => `  ${adaptation.recommended.includes(kind) ? '→' : '○'} ${render(basis)}`,
    ),
    ...adaptation.reasons.map((reason) => `  · ${render(reason)}`),
    ...(longDocuments.length > 0
      ? [say('Documents longer than the context:', '超出上下文長度的文件：')]
      : []),
    ...longDocuments.map(
      ({ basis, usdPerMonth, e2eP90Ms, candidate }) =>
        `  ${render(basis)}: ${usdPerMonth === null ? say('nothing can', '無可行做法') : `${formatUsd(usdPerMonth)}${say(' a month', '／月')}, ${e2eP90Ms === null ? '-' : formatMs(e2eP90Ms)} (${candidate})`}`,
    ),
    ...(ingest?.ways[0]
      ? [
          say(
            'Documents into vectors, in time and cheapest first:',
            '文件向量化（可如期完成者優先，由低價排起）：',
          ),
          ...ingest.ways.slice(0, 4).map((way) => `  ${ingestText(ingest, way, say)}`),
        ]
      : []),
  ].join('\n')
}

const rangeOf = (low: number, high: number) =>
  high - low <= 0.005 * Math.abs(high) ? '' : `${formatUsd(low)} – ${formatUsd(high)}`

const perUnit = (breakdown: CostBreakdown, say: Say): string => {
  const {
    systemUsdPerMillionOutputTokens: all,
    systemUsdPerMillionGoodOutputTokens: allGood,
    goodShare,
    usdPerRequest,
  } = breakdown
  const good =
    allGood === null
      ? ''
      : say(
          `, ${formatUsd(allGood)} a million as fast as asked (${formatNumber((goodShare ?? 0) * 100)} %)`,
          `，符合速度目標者每百萬 ${formatUsd(allGood)}（${formatNumber((goodShare ?? 0) * 100)}%）`,
        )
  return say(
    `The whole system: ${formatUsd(all)} a million output tokens${good}; ${formatUsd(usdPerRequest)} a request`,
    `整個系統：每百萬輸出詞元 ${formatUsd(all)}${good}；每個請求 ${formatUsd(usdPerRequest)}`,
  )
}

const inputs = ({ sensitivity, breakdown }: CostReport, say: Say): string[] => {
  const now = breakdown.totalUsdPerMonth
  const moves = (usd: number | null) => usd === null || Math.abs(usd - now) > 0.005 * now
  const shown = sensitivity
    .filter(({ usdWithLess, usdWithMore }) => moves(usdWithLess) || moves(usdWithMore))
    .slice(0, shownInputs)
  const usd = (value: number | null) => (value === null ? say('does not work', '不可行') : formatUsd(value))
  const change = (input: string, by: number) =>
    input.endsWith('Share')
      ? `${by > 0 ? '+' : ''}${by}`
      : input.startsWith('availability')
        ? say(by ? 'on' : 'off', by ? '啟用' : '停用')
        : `× ${by}`
  return shown.length === 0
    ? []
    : [
        say('What moves the bill most:', '影響費用最大的輸入：'),
        ...shown.map(
          ({ input, less, more, usdWithLess, usdWithMore }) =>
            `  ${input === 'price' ? say('price', '價格') : input}${say(': ', '：')}${change(input, less)} → ${usd(usdWithLess)}${say(', ', '，')}${change(input, more)} → ${usd(usdWithMore)}`,
        ),
      ]
}

const ingestText = (
  { documents, tokens, assumedLength, vectorsGiB }: NonNullable<CostReport['ingest']>,
  { name, count, days, usd, highUsd }: NonNullable<CostReport['ingest']>['ways'][number],
  say: Say,
): string => {
  const on = count > 0 ? `${count} x ${name}` : name
  const until = highUsd > usd * 1.01 ? ` – ${formatUsd(highUsd)}` : ''
  const time =
    days === null ? '' : say(`, ${counted(days, 'day', 'days', 2)}`, `，${formatNumber(days, 2)} 天`)
  return say(
    `${formatNumber(documents)} documents${assumedLength ? ' (length assumed)' : ''}, ${formatNumber(tokens / 1e9)} billion tokens: ${on}${time}, ${formatUsd(usd)}${until}; ${formatNumber(vectorsGiB)} GiB of vectors`,
    `${formatNumber(documents)} 份文件${assumedLength ? '（長度為假設）' : ''}，${formatNumber(tokens / 1e8)} 億個詞元：${on}${time}，${formatUsd(usd)}${until}；向量 ${formatNumber(vectorsGiB)} GiB`,
  )
}
