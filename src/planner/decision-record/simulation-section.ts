// The traffic of the peak hour on the chosen replicas, request by request, beside what the closed form says.

import { formatMs, formatNumber } from '../../core/index.js'
import { evidenceMessage } from '../search/evidence-messages.js'
import type { SimulatedTarget } from '../search/report.js'
import type { DesignFacts } from './design-facts.js'
import { markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

export const simulationSection = ({ report: { chosen } }: DesignFacts, write: RecordWriter): string[] => {
  if (!chosen) return []
  const heading = write.heading(recordMessage('planner.record-simulation', {}))
  const { simulation, kind, disaggregation } = chosen
  if (!simulation) {
    const why = kind === 'hosted-api' ? 'api' : disaggregation ? 'pools' : 'order'
    return [heading, write.text(evidenceMessage('planner.not-simulated', { why }))]
  }
  const { times, targets, leftOut, goodput } = simulation
  return [
    heading,
    write.text(
      recordMessage('planner.record-simulation-how', { ...simulation, good: goodput?.share ?? null }),
    ),
    ...(times
      ? [
          markdownTable(
            [write.label('time'), 'P50', 'P95', 'P99'],
            (['ttftMs', 'tpotMs', 'e2eMs'] as const).map((metric) => [
              write.label(metric),
              ...[times[metric].p50, times[metric].p95, times[metric].p99].map(formatMs),
            ]),
          ),
        ]
      : []),
    ...(targets.length > 0
      ? [
          markdownTable(
            [
              write.label('target'),
              write.label('limit'),
              write.label('closedForm'),
              write.label('simulation'),
              write.label('verdict'),
            ],
            targets.map((target) => {
              const closedForm = chosen.targets.find(({ id }) => id === target.id)
              return [
                `${target.id} (P${formatNumber(target.percentile)})`,
                figure(target.limit, target),
                closedForm ? figure(closedForm.estimate.value, target) : '-',
                target.value === null ? write.label('unbounded') : figure(target.value, target),
                write.label(target.met),
              ]
            }),
          ),
        ]
      : []),
    ...(leftOut.length > 0
      ? [write.text(evidenceMessage('planner.simulated-left-out', { targets: leftOut }))]
      : []),
  ]
}

const figure = (value: number, { unit }: Pick<SimulatedTarget, 'unit'>) => `${formatNumber(value)} ${unit}`
