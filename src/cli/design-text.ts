// A design for people: the table of ways, why this one, and what the numbers rest on.

import { agreeing, counted, formatMs, formatNumber, formatUsd } from '../core/index.js'
import {
  type DesignReport,
  type Estimate,
  type QualityEstimate,
  type SummaryRow,
  summarise,
} from '../planner/index.js'
import { costText } from './cost-text.js'
import { simulationText } from './simulation-text.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

type Say = (en: string, zhTW: string) => string

export const designText = (report: DesignReport, { language, render }: Terminal, limit = 14): string => {
  const say: Say = (en, zhTW) => (language === 'en' ? en : zhTW)
  const summary = summarise(report, limit)
  const { considered, feasible, ruledOutBy } = summary
  return [
    say(
      `Design for the real load: ${counted(considered, 'way', 'ways', 6)} considered, ${formatNumber(feasible, 6)} ${agreeing(feasible, 'meets', 'meet')} everything (prices of ${report.pricesAsOf})`,
      `依實際負載的設計：比較 ${formatNumber(considered, 6)} 種做法，${formatNumber(feasible, 6)} 種符合全部需求（價格日期 ${report.pricesAsOf}）`,
    ),
    renderTable(
      [
        { title: '' },
        { title: say('model', '模型'), maxWidth: 34 },
        { title: say('served by', '服務方式'), maxWidth: 18 },
        { title: say('hardware', '硬體'), maxWidth: 26 },
        { title: say('$/month', '每月費用'), align: 'right' },
        { title: say('TTFT P90', '首詞 P90'), align: 'right' },
        { title: say('E2E P90', '全程 P90'), align: 'right' },
        { title: say('quality', '品質'), maxWidth: 16 },
        { title: say('why not', '未選原因'), maxWidth: 72 },
      ],
      summary.rows.map((row) => cells(row, say, render)),
    ),
    ...(ruledOutBy.length > 0
      ? [
          '',
          say('What ruled out the rest:', '其他做法被排除的原因：'),
          ...ruledOutBy
            .slice(0, 6)
            .map(
              ({ constraint, count, example }) =>
                `  ${count} × ${constraint}${say(': ', '：')}${render(example)}`,
            ),
        ]
      : []),
    '',
    ...report.reasons.map((reason) => `${report.chosen ? '→' : '✗'} ${render(reason)}`),
    ...(report.chosen ? simulationText(report.chosen, { language }) : []),
    ...(report.cost ? ['', costText(report.cost, { language, render })] : []),
    ...(report.assumptions.length > 0 ? ['', say('These numbers rest on:', '以上數字的依據：')] : []),
    ...report.assumptions.map((assumption) => `  · ${render(assumption)}`),
  ].join('\n')
}

const marks: Readonly<Record<SummaryRow['verdict'], string>> = { chosen: '→', possible: '○', rejected: '✗' }

const cells = (row: SummaryRow, say: Say, render: Terminal['render']): string[] => [
  marks[row.verdict],
  row.model,
  row.served,
  row.kind === 'hosted-api' ? 'API' : row.hardware || '-',
  row.costPerMonthUsd === null ? '-' : formatUsd(row.costPerMonthUsd),
  ms(row.ttftP90Ms),
  ms(row.e2eP90Ms),
  quality(row.quality, say),
  row.why ? render(row.why) : '',
]

const ms = (estimate: Estimate | null) => (estimate ? formatMs(estimate.value) : '-')

const quality = (estimate: QualityEstimate, say: Say): string => {
  if (estimate.kind === 'measured') return `${estimate.metric} ${formatNumber(estimate.value * 100)} %`
  if (estimate.kind === 'published') return `${estimate.metric} ${formatNumber(estimate.value)}`
  if (estimate.kind === 'size-proxy')
    return say(
      `~${formatNumber(estimate.effectiveParametersB)}B (proxy)`,
      `約 ${formatNumber(estimate.effectiveParametersB)}B（以規模推估）`,
    )
  return say('unknown', '未知')
}
