// The text format of Prometheus metrics, read into samples. Knows no metric.
// Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Exposition {
  readonly samples: readonly Sample[]
  /** Numbers of the lines that are neither comment nor sample. */
  readonly brokenLines: readonly number[]
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?(?:\s+#.*)?$/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

export const parseExposition = (text: string): Exposition => {
  const samples: Sample[] = []
  const brokenLines: number[] = []
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return
    const match = sampleLine.exec(line)
    const value = match ? readValue(match[3] ?? '') : null
    if (match?.[1] === undefined || value === null) brokenLines.push(i + 1)
    else samples.push({ name: match[1], labels: readLabels(match[2] ?? ''), value })
  })
  return { samples, brokenLines }
}

const readValue = (text: string): number | null => {
  const infinite = /^([+-]?)Inf$/i.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const value = Number(text)
  return Number.isNaN(value) && text !== 'NaN' ? null : value
}

const readLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(label))
    if (name !== undefined && value !== undefined)
      labels[name] = value.replace(/\\(["\\n])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
  return labels
}

/** A counter or gauge, summed over the label sets that fit; null when there is none. */
export const sumOf = (
  samples: readonly Sample[],
  names: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): number | null => {
  for (const name of names) {
    const own = samples.filter((sample) => sample.name === name && fits(sample, labels))
    if (own.length > 0) return own.reduce((sum, { value }) => sum + value, 0)
  }
  return null
}

const fits = (sample: Sample, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => sample.labels[name] === value)

export interface Histogram {
  /** Upper bounds in order, the last one infinite, with the cumulative count at each. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[]
  readonly sum: number
  readonly count: number
}

/** A histogram, summed over its label sets; null when it is not there or counts nothing. */
export const histogramOf = (samples: readonly Sample[], name: string): Histogram | null => {
  const counts = new Map<number, number>()
  for (const { name: own, labels, value } of samples) {
    if (own !== `${name}_bucket` || labels.le === undefined) continue
    const le = readValue(labels.le)
    if (le !== null) counts.set(le, (counts.get(le) ?? 0) + value)
  }
  const sum = sumOf(samples, [`${name}_sum`])
  const count = sumOf(samples, [`${name}_count`])
  if (counts.size === 0 || sum === null || !count) return null
  const buckets = [...counts].map(([le, total]) => ({ le, count: total })).sort((a, b) => a.le - b.le)
  return { buckets, sum, count }
}
