// The simulated percentiles of a chosen design, for people.

import { counted, formatMs, formatNumber } from '../core/index.js'
import { type Candidate, type ShownSimulation, simulationsOf } from '../planner/index.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

type Say = (en: string, zhTW: string) => string

/** @returns no line where the way was not simulated */
export const simulationText = (
  candidate: Candidate,
  { language }: Pick<Terminal, 'language'>,
): readonly string[] => {
  const say: Say = (en, zhTW) => (language === 'en' ? en : zhTW)
  return simulationsOf(candidate).flatMap((shown) => textOf(shown, say))
}

const textOf = ({ of, model, simulation }: ShownSimulation, say: Say): readonly string[] => {
  const { times, goodput, requestsPerSecond, overflow } = simulation
  if (!times) return []
  const rate = formatNumber(requestsPerSecond)
  const who = of === 'first' || of === 'main' ? model : null
  const rows = [
    [say('time to first token', '首個詞元時間'), times.ttftMs],
    [say('time per token', '每個詞元時間'), times.tpotMs],
    [say('whole answer', '完整回答時間'), times.e2eMs],
  ] as const
  return [
    '',
    say(
      `Simulated at the peak of ${counted(requestsPerSecond, 'request')}/s${who ? `, ${who}` : ''}:`,
      `以尖峰每秒 ${rate} 個請求模擬${who ? ` ${who}` : ''}：`,
    ),
    renderTable(
      [
        { title: '' },
        ...(['P50', 'P95', 'P99'] as const).map((title) => ({ title, align: 'right' as const })),
      ],
      rows.map(([title, { p50, p95, p99 }]) => [title, ...[p50, p95, p99].map(formatMs)]),
    ),
    ...(goodput
      ? [
          say(
            `goodput: ${counted(goodput.requestsPerSecond, 'request')}/s meet every limit at once (${formatNumber(goodput.share * 100)} %)`,
            `有效吞吐：每秒 ${formatNumber(goodput.requestsPerSecond)} 個請求同時符合所有上限（${formatNumber(goodput.share * 100)}%）`,
          ),
        ]
      : []),
    ...(overflow
      ? [
          say(
            `not simulated: the ${formatNumber(overflow.share * 100)} % that come while ${counted(overflow.concurrency, 'request')} ${overflow.concurrency === 1 ? 'is' : 'are'} in flight, which ${overflow.api} answers`,
            `未模擬：同時已有 ${overflow.concurrency} 個請求時到達的 ${formatNumber(overflow.share * 100)}%，由 ${overflow.api} 回答`,
          ),
        ]
      : []),
  ]
}
