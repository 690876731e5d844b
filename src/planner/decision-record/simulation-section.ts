// The traffic of the peak hour on the chosen replicas, request by request, beside what the closed form says.

import { formatMs, formatNumber } from '../../core/index.js'
import { evidenceMessage } from '../search/evidence-messages.js'
import type { Candidate, SimulatedService, SimulatedTarget } from '../search/report.js'
import { type ShownSimulation, simulationsOf } from '../search/simulated-verdict.js'
import type { DesignFacts } from './design-facts.js'
import { markdownTable } from './markdown.js'
import { recordMessage } from './record-messages.js'
import type { RecordWriter } from './record-writer.js'

export const simulationSection = ({ report: { chosen } }: DesignFacts, write: RecordWriter): string[] => {
  if (!chosen) return []
  const heading = write.heading(recordMessage('planner.record-simulation', {}))
  const shown = simulationsOf(chosen)
  if (shown.length === 0) {
    const { kind, disaggregation } = chosen
    const why = kind === 'hosted-api' ? 'api' : disaggregation ? 'pools' : 'order'
    return [heading, write.text(evidenceMessage('planner.not-simulated', { why }))]
  }
  return [
    heading,
    ...shown.flatMap((each) => partOf(each, write)),
    ...apisOf(chosen).map((api) => write.text(evidenceMessage('planner.part-not-simulated', { api }))),
  ]
}

/** Models of a cascade that run elsewhere. */
const apisOf = (chosen: Candidate): readonly string[] => {
  const { routing } = chosen
  if (routing?.kind !== 'cascade') return []
  return [routing.first, chosen].flatMap(({ kind, provider, model }) =>
    kind === 'hosted-api' ? [`${provider}/${model}`] : [],
  )
}

const partOf = ({ of, simulation, closedForm, model }: ShownSimulation, write: RecordWriter): string[] => {
  const { times, leftOut, goodput, overflow, requestsPerSecond } = simulation
  return [
    ...(of === 'first' || of === 'main'
      ? [write.text(evidenceMessage('planner.simulated-part', { part: of, model }))]
      : []),
    write.text(
      recordMessage('planner.record-simulation-how', { ...simulation, good: goodput?.share ?? null }),
    ),
    ...(overflow
      ? [write.text(evidenceMessage('planner.simulated-overflow', { ...overflow, requestsPerSecond }))]
      : []),
    ...(times ? [timesTable(times, write)] : []),
    ...targetsTable({ simulation, closedForm }, write),
    ...(leftOut.length > 0
      ? [write.text(evidenceMessage('planner.simulated-left-out', { targets: leftOut }))]
      : []),
  ]
}

const timesTable = (times: NonNullable<SimulatedService['times']>, write: RecordWriter): string =>
  markdownTable(
    [write.label('time'), 'P50', 'P95', 'P99'],
    (['ttftMs', 'tpotMs', 'e2eMs'] as const).map((metric) => [
      write.label(metric),
      ...[times[metric].p50, times[metric].p95, times[metric].p99].map(formatMs),
    ]),
  )

const targetsTable = (
  { simulation: { targets }, closedForm }: Pick<ShownSimulation, 'simulation' | 'closedForm'>,
  write: RecordWriter,
): string[] => {
  if (targets.length === 0) return []
  const titles = ['target', 'limit', 'closedForm', 'simulation', 'verdict'] as const
  return [
    markdownTable(
      titles.map((title) => write.label(title)),
      targets.map((target) => {
        const expected = closedForm.find(({ id }) => id === target.id)
        return [
          `${target.id} (P${formatNumber(target.percentile)})`,
          figure(target.limit, target),
          expected ? figure(expected.estimate.value, target) : '-',
          target.value === null ? write.label('unbounded') : figure(target.value, target),
          write.label(target.met),
        ]
      }),
    ),
  ]
}

const figure = (value: number, { unit }: Pick<SimulatedTarget, 'unit'>) => `${formatNumber(value)} ${unit}`
