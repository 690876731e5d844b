// Counters and histograms that cost well under a microsecond to change: label values are positional, and a series
// is found by one map lookup. prom-client validates and hashes labels on every change, which for the dozen changes
// of one request added up to 19 us; here it only writes the exposition format. Knows no metric of the product.

import type { Metric, Registry } from 'prom-client'

export interface CounterFamily {
  add(amount: number, ...labels: readonly string[]): void
}

export interface HistogramFamily {
  observe(value: number, ...labels: readonly string[]): void
}

/** What a family is called and how its label values are named, in their order. */
export interface FamilyOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
}

/** One line of the exposition format, as prom-client's registry reads it. */
interface Sample {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

export const createCounterFamily = (registry: Registry, options: FamilyOptions): CounterFamily => {
  const cells = createCells(options.labelNames, () => ({ value: 0 }))
  register(registry, { ...options, type: 'counter' }, () =>
    cells.all().map(({ labels, cell }) => ({ metricName: options.name, labels, value: cell.value })),
  )
  return {
    add: (amount, ...labels) => {
      cells.of(labels).value += amount
    },
  }
}

/** @param buckets upper bounds in ascending order; +Inf is added */
export const createHistogramFamily = (
  registry: Registry,
  options: FamilyOptions & { readonly buckets: readonly number[] },
): HistogramFamily => {
  const { name, buckets } = options
  const cells = createCells(options.labelNames, () => ({
    counts: new Array<number>(buckets.length + 1).fill(0),
    sum: 0,
  }))
  register(registry, { ...options, type: 'histogram' }, () =>
    cells.all().flatMap(({ labels, cell }) => {
      let count = 0
      const lines: Sample[] = cell.counts.map((inBucket, index) => {
        count += inBucket
        return {
          metricName: `${name}_bucket`,
          labels: { le: buckets[index] ?? '+Inf', ...labels },
          value: count,
        }
      })
      return [
        ...lines,
        { metricName: `${name}_sum`, labels, value: cell.sum },
        { metricName: `${name}_count`, labels, value: count },
      ]
    }),
  )
  return {
    observe: (value, ...labels) => {
      const cell = cells.of(labels)
      let bucket = 0
      while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket++
      cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1
      cell.sum += value
    },
  }
}

interface Branch<C> {
  readonly next: Map<string, Branch<C>>
  cell: C | undefined
}

/** The series of one family, by their label values. */
const createCells = <C>(labelNames: readonly string[], create: () => C) => {
  const cells: { readonly labels: Record<string, string>; readonly cell: C }[] = []
  // One step per label: joining them to one key would copy every value at every change.
  const root: Branch<C> = { next: new Map(), cell: undefined }
  return {
    of: (values: readonly string[]): C => {
      let branch = root
      for (let i = 0; i < labelNames.length; i++) {
        const value = values[i] ?? ''
        let next = branch.next.get(value)
        if (!next) {
          next = { next: new Map(), cell: undefined }
          branch.next.set(value, next)
        }
        branch = next
      }
      if (branch.cell) return branch.cell
      branch.cell = create()
      const labels = Object.fromEntries(labelNames.map((name, index) => [name, values[index] ?? '']))
      cells.push({ labels, cell: branch.cell })
      return branch.cell
    },
    all: () => cells,
  }
}

/** prom-client's registry asks a metric for its samples through `get`; a test of the text holds it to that. */
const register = (
  registry: Registry,
  { name, help, type }: FamilyOptions & { readonly type: 'counter' | 'histogram' },
  read: () => readonly Sample[],
) => {
  const metric = {
    name,
    help,
    type,
    aggregator: 'sum',
    get: async () => ({ name, help, type, values: read() }),
  }
  registry.registerMetric(metric as unknown as Metric)
}
