// Whether published traces are measured as their statistics say. Run after `npm run build`:
//   node benchmarks/traces.ts FOLDER [--json]
// FOLDER holds trace_stats.json ({NAME: {rows, duration_s, mean_rps, peak_rps_1s, iat_cv, input, output,
// infinite_cache_prefix_block_hit?}}) and somewhere below it the traces, as *.csv and *.jsonl. Ends with 1 when a
// figure is off by more than 1 %, or a trace or figure is missing.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { readTraffic } from '../dist/cli/read-traffic.js'
import type { Traffic } from '../dist/planner/index.js'

type Lengths = Readonly<Record<'p50' | 'p90' | 'p95' | 'p99' | 'mean' | 'max', number>>
interface Stats {
  readonly rows: number
  readonly duration_s: number
  readonly mean_rps: number
  readonly peak_rps_1s: number
  readonly iat_cv: number
  readonly infinite_cache_prefix_block_hit?: number
  readonly input: Lengths
  readonly output: Lengths
}
interface Figure {
  readonly trace: string
  readonly figure: string
  readonly stated: number
  readonly measured: number | null
  readonly relativeDifference: number | null
}

const limit = 0.01
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const [folder] = positionals
if (folder === undefined) {
  process.stderr.write('Usage: node benchmarks/traces.ts FOLDER [--json]\n')
  process.exit(2)
}
const stats = JSON.parse(readFileSync(join(folder, 'trace_stats.json'), 'utf8')) as Record<string, Stats>
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.(csv|jsonl)$/.test(path),
)

/** `azure_code` is the file whose name has both words; `mooncake_conversation_trace` stands in its folder's name too. */
const fileOf = (trace: string): string | undefined =>
  files.find((path) => trace.split('_').every((word) => path.toLowerCase().includes(word)))

const lengths = (name: string, stated: Lengths, spread: Traffic['inputTokens']) =>
  Object.entries(stated).map(
    ([figure, value]) => [`${name}.${figure}`, value, spread?.[figure as keyof Lengths] ?? null] as const,
  )

const pairs = (stated: Stats, traffic: Traffic): readonly (readonly [string, number, number | null])[] => [
  ['rows', stated.rows, traffic.requests],
  ['durationSeconds', stated.duration_s, traffic.covers.seconds],
  ['meanPerSecond', stated.mean_rps, traffic.rate?.meanPerSecond ?? null],
  [
    'peak1s',
    stated.peak_rps_1s,
    traffic.rate?.peaks.find(({ windowSeconds }) => windowSeconds === 1)?.requestsPerSecond ?? null,
  ],
  ['gapVariation', stated.iat_cv, traffic.gapVariation],
  ...lengths('input', stated.input, traffic.inputTokens),
  ...lengths('output', stated.output, traffic.outputTokens),
  ...(stated.infinite_cache_prefix_block_hit === undefined
    ? []
    : [
        [
          'prefixBlockHits',
          stated.infinite_cache_prefix_block_hit,
          traffic.prefixCacheHits?.share ?? null,
        ] as const,
      ]),
]

const figures: Figure[] = []
for (const [trace, stated] of Object.entries(stats)) {
  const file = fileOf(trace)
  if (file === undefined) {
    figures.push({ trace, figure: 'file', stated: stated.rows, measured: null, relativeDifference: null })
    continue
  }
  const { signal } = new AbortController()
  const traffic = await readTraffic({ source: join(folder, file), intervalSeconds: 1, signal })
  for (const [figure, value, measured] of pairs(stated, traffic))
    figures.push({
      trace: `${trace} (${basename(file)}, read as ${traffic.format})`,
      figure,
      stated: value,
      measured,
      relativeDifference: measured === null ? null : Math.abs(measured - value) / Math.abs(value),
    })
}

const isOff = ({ relativeDifference }: Figure) => relativeDifference === null || relativeDifference > limit
const off = figures.filter(isOff)
if (values.json) process.stdout.write(`${JSON.stringify({ bench: 'traces', limit, figures }, null, 1)}\n`)
else {
  for (const [trace, own] of Map.groupBy(figures, (figure) => figure.trace)) {
    process.stdout.write(`${trace}\n`)
    for (const figure of own) {
      const { stated, measured, relativeDifference } = figure
      const difference =
        relativeDifference === null ? 'missing' : `${(relativeDifference * 100).toFixed(3)} %`
      process.stdout.write(
        `  ${figure.figure.padEnd(16)} ${String(stated).padStart(10)} ${(measured?.toFixed(4) ?? '-').padStart(14)} ${difference.padStart(9)}${isOff(figure) ? '  OFF' : ''}\n`,
      )
    }
  }
  const worst = Math.max(
    ...figures.map(({ relativeDifference }) => relativeDifference ?? Number.POSITIVE_INFINITY),
  )
  process.stdout.write(
    `${figures.length} figures, ${off.length} off by more than ${limit * 100} %; the largest difference is ${(worst * 100).toFixed(3)} %\n`,
  )
}
process.exitCode = off.length > 0 || figures.length === 0 ? 1 : 0
