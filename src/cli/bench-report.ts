// What every `bench` prints: where it ran, and its figures.

import { availableParallelism, cpus, totalmem } from 'node:os'
import { bytesPerGiB, formatNumber } from '../core/index.js'
import type { BenchMetric } from '../verify/index.js'
import type { CommandContext } from './command-context.js'
import { renderTable } from './table.js'
import { productVersion } from './version.js'

type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface BenchReport {
  readonly bench: string
  readonly environment: Facts
  readonly metrics: readonly BenchMetric[]
}

/** @param facts what this run is about, beside the machine it ran on */
export const benchReport = (bench: string, metrics: readonly BenchMetric[], facts: Facts): BenchReport => ({
  bench,
  environment: {
    version: productVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / bytesPerGiB),
    date: new Date().toISOString(),
    ...facts,
  },
  metrics,
})

export const benchText = ({ metrics }: BenchReport, { text }: Pick<CommandContext, 'text'>): string =>
  renderTable(
    [
      { title: text('figure', '項目') },
      { title: text('value', '數值'), align: 'right' },
      { title: text('95 % interval', '95 % 區間'), align: 'right' },
      { title: 'n', align: 'right' },
    ],
    metrics.map(({ name, value, unit, low, high, n }) => [
      name,
      `${formatNumber(value, 4)}${unit === 'share' ? '' : ` ${unit}`}`,
      low === null && high === null ? '-' : `${bound(low)} - ${bound(high)}`,
      String(n),
    ]),
  )

const bound = (value: number | null) => (value === null ? '?' : formatNumber(value, 4))
