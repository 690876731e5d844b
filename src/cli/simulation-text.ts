// The simulated percentiles of a chosen design, for people.

import { formatMs, formatNumber } from '../core/index.js'
import type { Candidate } from '../planner/index.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

/** @returns no line where the way was not simulated */
export const simulationText = (
  { simulation }: Candidate,
  { language }: Pick<Terminal, 'language'>,
): readonly string[] => {
  if (!simulation?.times) return []
  const say = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  const { times, goodput, requestsPerSecond } = simulation
  const rate = formatNumber(requestsPerSecond)
  const rows = [
    [say('time to first token', '首個詞元時間'), times.ttftMs],
    [say('time per token', '每個詞元時間'), times.tpotMs],
    [say('whole answer', '完整回答時間'), times.e2eMs],
  ] as const
  return [
    '',
    say(`Simulated at the peak of ${rate} requests/s:`, `以尖峰每秒 ${rate} 個請求模擬：`),
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
            `goodput: ${formatNumber(goodput.requestsPerSecond)} requests/s meet every limit at once (${formatNumber(goodput.share * 100)} %)`,
            `有效吞吐：每秒 ${formatNumber(goodput.requestsPerSecond)} 個請求同時符合所有上限（${formatNumber(goodput.share * 100)}%）`,
          ),
        ]
      : []),
  ]
}
