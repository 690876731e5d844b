// The bill line by line, other ways to the same work, what moves it, and how to adapt the model.

import { formatMs, formatNumber, formatUsd, type Message } from '../../core/index.js'
import type { CostBreakdown } from '../cost/cost-breakdown.js'
import type { CostReport } from '../cost/cost-report.js'
import { type Candidate, isMixed, purchaseWays } from '../search/report.js'
import type { DesignFacts } from './design-facts.js'
import { markdownList, markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

/** Inputs that are worth a line: the first few that move the bill. */
const shownInputs = 5
/** Ways to turn documents into vectors. */
const shownIngest = 3

/** Nothing when nothing was chosen. */
export const moneySection = ({ report }: DesignFacts, write: RecordWriter): string[] => {
  const { cost, chosen } = report
  return cost
    ? [
        write.heading(recordMessage('planner.record-bill', {})),
        billTable(cost.breakdown, write),
        write.text(perUnit(cost.breakdown, chosen)),
        ...listOf(cost.breakdown.notCounted, write),
        ...purchasePlan(chosen, write),
        ...otherWays(cost, write),
        ...movers(cost, write),
        ...adaptation(cost, write),
        ...documents(cost, write),
      ]
    : []
}

const listOf = (messages: readonly Message[], { text }: RecordWriter): string[] =>
  messages.length > 0 ? [markdownList(messages.map(text))] : []

const billTable = (breakdown: CostBreakdown, write: RecordWriter): string => {
  const range = (low: number, high: number) =>
    high - low <= 0.005 * Math.abs(high) ? '' : `${formatUsd(low)} – ${formatUsd(high)}`
  return markdownTable(
    ['', write.label('cost'), write.label('range'), write.label('how')],
    [
      ...breakdown.lines.map(({ title, basis, usdPerMonth, lowUsdPerMonth, highUsdPerMonth }) => [
        write.text(title),
        formatUsd(usdPerMonth),
        range(lowUsdPerMonth, highUsdPerMonth),
        write.text(basis),
      ]),
      [
        write.label('total'),
        formatUsd(breakdown.totalUsdPerMonth),
        range(breakdown.lowUsdPerMonth, breakdown.highUsdPerMonth),
        '',
      ],
    ],
  )
}

const perUnit = (breakdown: CostBreakdown, chosen: Candidate | null): Message =>
  recordMessage('planner.bill-per-unit', {
    perMillion: breakdown.systemUsdPerMillionOutputTokens,
    modelPerMillion: chosen?.usdPerMillionOutputTokens ?? null,
    perMillionGood: breakdown.systemUsdPerMillionGoodOutputTokens,
    goodShare: breakdown.goodShare,
    perRequest: breakdown.usdPerRequest,
  })

/** Which hours are bought how; nothing where all is by the hour, or owned. */
const purchasePlan = (chosen: Candidate | null, write: RecordWriter): string[] => {
  const { purchase, provider } = chosen ?? {}
  if (!purchase || !isMixed(purchase)) return []
  const { acceleratorHours, usdPerHour } = purchase
  const all = purchaseWays.reduce((sum, way) => sum + acceleratorHours[way], 0)
  return [
    write.heading(recordMessage('planner.record-purchase', {}), 3),
    ...listOf(
      purchaseWays
        .filter((way) => acceleratorHours[way] > 0)
        .map((way) =>
          recordMessage('planner.purchase-line', {
            way,
            hours: acceleratorHours[way],
            share: acceleratorHours[way] / all,
            usdPerHour: usdPerHour[way],
            usd: acceleratorHours[way] * usdPerHour[way],
            provider: provider ?? '',
          }),
        ),
      write,
    ),
  ]
}

const otherWays = ({ alternatives, usdPerMonthInAYear }: CostReport, write: RecordWriter): string[] => {
  const messages = [
    ...alternatives.map(({ message }) => message),
    ...(usdPerMonthInAYear === null
      ? []
      : [recordMessage('planner.bill-in-a-year', { usd: usdPerMonthInAYear })]),
  ]
  return messages.length > 0
    ? [write.heading(recordMessage('planner.record-other-ways', {}), 3), ...listOf(messages, write)]
    : []
}

const movers = ({ sensitivity, breakdown }: CostReport, write: RecordWriter): string[] => {
  const now = breakdown.totalUsdPerMonth
  const moves = (usd: number | null) => usd === null || Math.abs(usd - now) > 0.005 * now
  const shown = sensitivity
    .filter(({ usdWithLess, usdWithMore }) => moves(usdWithLess) || moves(usdWithMore))
    .slice(0, shownInputs)
  return shown.length === 0
    ? []
    : [
        write.heading(recordMessage('planner.record-movers', {}), 3),
        ...listOf(
          shown.map((each) => recordMessage('planner.bill-moves', { ...each })),
          write,
        ),
      ]
}

const adaptation = ({ adaptation: advice }: CostReport, write: RecordWriter): string[] => [
  write.heading(recordMessage('planner.record-adaptation', {}), 3),
  markdownList([
    ...advice.options.map(
      ({ kind, basis }) => `${advice.recommended.includes(kind) ? '→' : '○'} ${write.text(basis)}`,
    ),
    ...advice.reasons.map(write.text),
  ]),
]

const documents = ({ longDocuments, ingest }: CostReport, write: RecordWriter): string[] => [
  ...(longDocuments.length > 0
    ? [
        write.heading(recordMessage('planner.record-long-documents', {}), 3),
        markdownList(
          longDocuments.map(({ basis, usdPerMonth, e2eP90Ms, candidate }) => {
            const figures = [
              usdPerMonth === null ? '-' : `${formatUsd(usdPerMonth)} ${write.label('perMonth')}`,
              ...(e2eP90Ms === null ? [] : [formatMs(e2eP90Ms)]),
              ...(candidate === null ? [] : [candidate]),
            ]
            return `${write.text(basis)}: ${figures.join(', ')}`
          }),
        ),
      ]
    : []),
  ...(ingest
    ? [
        write.heading(recordMessage('planner.record-ingest', {}), 3),
        markdownList(
          ingest.ways.slice(0, shownIngest).map(({ name, count, days, usd, highUsd }) => {
            const cost = highUsd > usd * 1.01 ? `${formatUsd(usd)} – ${formatUsd(highUsd)}` : formatUsd(usd)
            return [
              count > 0 ? `${count} x ${name}` : name,
              ...(days === null ? [] : [`${formatNumber(days, 2)} ${write.label('days')}`]),
              cost,
            ].join(', ')
          }),
        ),
      ]
    : []),
]
