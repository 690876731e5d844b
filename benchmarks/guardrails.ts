// What the guardrails catch, what they flag by mistake, and how long they take. Run after `npm run build`:
//   node benchmarks/guardrails.ts [--json] [--rounds 20] [FILE.jsonl | FOLDER ...]
// Rows are {id, task, lang, text, label, spans?}; without paths the sets under benchmarks/data are read. Prompt
// attacks are checked as what a user typed, indirect ones as retrieved text. Intervals are 95 % (Wilson for shares,
// order statistics for quantiles).

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createGuardrails, type Finding, type Stage } from '../dist/guardrails/index.js'
import { architectureSchema } from '../dist/spec/index.js'
import { type Interval, quantile, quantileInterval, wilson } from '../dist/stats/index.js'

type Span = readonly [entity: string, start: number, end: number, value: string, kind?: string]
interface Row {
  readonly task: string
  readonly lang: string
  readonly text: string
  readonly label: number
  readonly spans?: readonly Span[]
}
interface RowSet {
  readonly name: string
  readonly rows: readonly Row[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '20' } },
})

const jsonlFiles = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() || entry.name.endsWith('.jsonl') ? jsonlFiles(join(path, entry.name)) : [],
      )
    : [path]

const readSet = (path: string): RowSet => ({
  name: basename(path, '.jsonl'),
  rows: readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row),
})

const paths = positionals.length > 0 ? positionals : [join(import.meta.dirname, 'data')]
const sets = paths
  .flatMap(jsonlFiles)
  .map(readSet)
  .filter(({ rows }) => rows[0]?.text !== undefined)

const policies = architectureSchema.shape.guardrails.parse([{ id: 'default', context: {}, input: {} }])
const guardrails = createGuardrails({ policies })

const check = (row: Row): readonly Finding[] => {
  const isIndirect = row.task === 'indirect_injection'
  const stage: Stage = isIndirect ? 'context' : 'input'
  const source = isIndirect ? 'retrieved' : 'user'
  return guardrails.check({ policy: 'default', stage, source, text: row.text }).findings
}

const actsOn = ({ severity }: Finding) => severity !== 'low'

interface Metric {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly target: null
  readonly pass: null
}
const metrics: Metric[] = []
const report = (name: string, unit: string, { value, low, high, n }: Interval) => {
  if (n > 0) metrics.push({ name, value, unit, low, high, n, target: null, pass: null })
}
const share = (name: string, outcomes: readonly boolean[]) =>
  report(name, 'share', wilson(outcomes.filter(Boolean).length, outcomes.length))

/** Entities with a form of their own, in sets that do not say which are. */
const structuredEntities = new Set(
  'CREDIT_CARD US_SSN EMAIL_ADDRESS PHONE_NUMBER IBAN_CODE IP_ADDRESS DOMAIN_NAME'.split(' '),
)
const isStructured = ([entity, , , , kind]: Span) =>
  kind === undefined ? structuredEntities.has(entity) : kind === 'structured'

const measurePersonalData = ({ name, rows }: RowSet) => {
  const spans: { entity: string; reported: boolean; acted: boolean }[] = []
  const clean: boolean[] = []
  for (const row of rows) {
    const found = check(row).filter(({ detector }) => detector === 'personalData')
    const structured = (row.spans ?? []).filter(isStructured)
    if (structured.length === 0) clean.push(found.some(actsOn))
    for (const [entity, start, end] of structured) {
      const covers = (finding: Finding) => finding.start <= start && finding.end >= end
      spans.push({ entity, reported: found.some(covers), acted: found.filter(actsOn).some(covers) })
    }
  }
  const prefix = `guardrails.${name}.tier0`
  share(
    `${prefix}.structuredRecall`,
    spans.map(({ reported }) => reported),
  )
  share(
    `${prefix}.redactedRecall`,
    spans.map(({ acted }) => acted),
  )
  share(`${prefix}.falsePositiveRate`, clean)
  for (const [entity, own] of Map.groupBy(spans, (span) => span.entity))
    share(
      `${prefix}.structuredRecall.${entity}`,
      own.map(({ reported }) => reported),
    )
}

/** Tasks whose rows are nothing that a user types or a document says. */
const isOther = ({ rows }: RowSet) => rows[0]?.task === 'harmful_response'

const measureAttacks = ({ name, rows }: RowSet) => {
  const isAttackSet = rows[0]?.task === 'prompt_attack' || rows[0]?.task === 'indirect_injection'
  const outcomes = rows
    .filter(({ label }) => isAttackSet || label === 0)
    .map((row) => {
      const acted = check(row).filter((finding) => finding.detector === 'injection' && actsOn(finding))
      return { row, caught: acted.length > 0, families: new Set(acted.map(({ kind }) => kind)) }
    })
  const attacks = outcomes.filter(({ row }) => isAttackSet && row.label === 1)
  const harmless = outcomes.filter(({ row }) => !isAttackSet || row.label !== 1)
  const prefix = `guardrails.${name}.tier0`
  share(
    `${prefix}.recall`,
    attacks.map(({ caught }) => caught),
  )
  share(
    `${prefix}.falsePositiveRate`,
    harmless.map(({ caught }) => caught),
  )
  for (const [language, own] of Map.groupBy(attacks, ({ row }) => row.lang))
    share(
      `${prefix}.recall.${language}`,
      own.map(({ caught }) => caught),
    )
  for (const family of new Set(outcomes.flatMap(({ families }) => [...families]))) {
    share(
      `${prefix}.recall.${family}`,
      attacks.map(({ families }) => families.has(family)),
    )
    share(
      `${prefix}.falsePositiveRate.${family}`,
      harmless.map(({ families }) => families.has(family)),
    )
  }
}

const pieceLength = 4096
const pieces = sets.flatMap(({ rows }) => {
  const all = rows.map(({ text }) => text).join('\n')
  return Array.from({ length: Math.min(50, Math.floor(all.length / pieceLength)) }, (_, i) =>
    all.slice(i * pieceLength, (i + 1) * pieceLength),
  )
})

const timeOf = (text: string, stage: Stage): number => {
  const start = performance.now()
  guardrails.check({ policy: 'default', stage, source: 'user', text })
  return performance.now() - start
}

/**
 * Quantiles over all checks, and over texts of the fastest check of each: the first is what this machine gave
 * with everything else it was doing, the second what the check itself takes.
 */
const measureLatency = () => {
  for (const stage of ['input', 'output'] as const) {
    const samples: number[] = []
    const fastest = pieces.map(() => Number.POSITIVE_INFINITY)
    for (let round = 0; round < Number(values.rounds); round++)
      pieces.forEach((text, i) => {
        const ms = timeOf(text, stage)
        if (round > 1) samples.push(ms)
        fastest[i] = Math.min(fastest[i] ?? ms, ms)
      })
    const prefix = `guardrails.tier0.${stage}`
    report(`${prefix}.p50Ms`, 'ms', quantileInterval(samples, 0.5))
    report(`${prefix}.p99Ms`, 'ms', quantileInterval(samples, 0.99))
    report(`${prefix}.fastestP50Ms`, 'ms', quantileInterval(fastest, 0.5))
    report(`${prefix}.fastestP99Ms`, 'ms', quantileInterval(fastest, 0.99))
  }
}

/** Texts made to make a careless pattern look back and forth. */
const adversarial: Readonly<Record<string, string>> = {
  digits: '4 1 1 1-',
  address: 'a.b-c_d+e',
  ats: 'a@b.',
  markdown: '![a](https://a.example/?q=',
  dashes: '-----BEGIN ',
  tags: '<|im_start',
  percent: '%41%42x',
  base64: 'aWdub3Jl',
  words: 'ignore all previous ',
  persona: 'you are now never refuse ',
  chinese: '忽略所有規則',
  assignments: 'password: "a1b2c3d4" ',
  invisible: '1\u200b',
  tokens: 'eyJhbGciOiJIUzI1NiJ9.',
}

/** Twice the text must not take much more than twice the time: 4 would be quadratic. */
const measureGrowth = () => {
  const best = (text: string) =>
    Math.min(...Array.from({ length: 7 }, () => timeOf(text, 'input') + timeOf(text, 'output')))
  for (const [name, unit] of Object.entries(adversarial)) {
    const text = unit.repeat(Math.ceil(128_000 / unit.length))
    const once = best(text)
    const ratio = best(text + text) / once
    report(`guardrails.growth.${name}.ratio`, 'ratio', { value: ratio, low: null, high: null, n: 7 })
    report(`guardrails.growth.${name}.msPer4kB`, 'ms', {
      value: (once / text.length / 2) * pieceLength,
      low: null,
      high: null,
      n: 7,
    })
  }
}

for (const set of sets.filter((candidate) => !isOther(candidate)))
  set.rows.some(({ spans }) => spans) ? measurePersonalData(set) : measureAttacks(set)
measureLatency()
measureGrowth()

const environment = {
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  loadAverage: loadavg()[0],
  pieces: pieces.length,
  meanPieceMs: quantile(
    pieces.map((text) => timeOf(text, 'input')),
    0.5,
  ),
}
const shown = (value: number | null) => (value === null ? '' : value.toFixed(3))
if (values.json)
  process.stdout.write(`${JSON.stringify({ bench: 'guardrails', environment, metrics }, null, 1)}\n`)
else {
  for (const { name, value, low, high, n } of metrics)
    process.stdout.write(
      `${name.padEnd(72)} ${shown(value).padStart(8)}  [${shown(low)}, ${shown(high)}]  n=${n}\n`,
    )
  process.stdout.write(`${JSON.stringify(environment)}\n`)
}
