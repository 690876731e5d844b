// The `scale:` section of requirements.yaml as traffic shows it. What the source does not show stands as a comment.

import { formatNumber } from '../core/index.js'
import { planningPeak, type Spread, type Traffic } from '../planner/index.js'

type Say = (en: string, zhTW: string) => string

export interface ScaleSection {
  readonly yaml: string
  /** Fields that are missing in it and that requirements.yaml must have. */
  readonly missing: readonly string[]
}

export const scaleSection = (traffic: Traffic, source: string, say: Say): ScaleSection => {
  const missing: string[] = []
  const absent = (name: string, isRequired: boolean, remark = '') => {
    if (isRequired) missing.push(`scale.${name}`)
    return `# ${name.split('.').at(-1)}: ${say('not in this file', '檔案中沒有')}${remark}`
  }
  const length = (name: 'inputTokens' | 'outputTokens') => {
    const spread = traffic[name]
    return spread && spread.p50 !== null && spread.p95 !== null && spread.p50 > 0
      ? [
          `# ${lengthRemark(spread, say)}`,
          `${name}: { p50: ${short(spread.p50)}, p95: ${short(spread.p95)} }`,
        ]
      : [
          absent(
            `lengths.${name}`,
            true,
            spread ? say(`; mean ${short(spread.mean)}`, `；平均 ${short(spread.mean)}`) : '',
          ),
        ]
  }
  const { sharedPrefixTokens, repeated, dailyCurve } = traffic
  const lines = [
    ...peakLines(traffic, say, absent),
    ...(dailyCurve
      ? [
          say(
            '# By hour of the day, UTC, relative to the busiest hour.',
            '# 依一天中的小時（UTC），相對於最忙的小時。',
          ),
          `dailyCurve: [${dailyCurve.join(', ')}]`,
          'timeZone: UTC',
        ]
      : [absent('dailyCurve', false)]),
    'lengths:',
    ...[
      ...length('inputTokens'),
      ...length('outputTokens'),
      ...(sharedPrefixTokens === null
        ? [absent('lengths.sharedPrefixTokens', false)]
        : [
            say('# The blocks that every prompt begins with.', '# 每個提示開頭都相同的區塊。'),
            `sharedPrefixTokens: ${sharedPrefixTokens}`,
          ]),
    ].map((line) => `  ${line}`),
    ...(repeated
      ? [
          say(
            `# Of ${formatNumber(repeated.of)} prompts, equal to an earlier one at any distance; a cache's lifetime makes it less.`,
            `# ${formatNumber(repeated.of)} 個提示中與先前任一個相同者；實際會因快取存活時間而較少。`,
          ),
          `repeatedShare: ${Math.round(repeated.share * 10_000) / 10_000}`,
        ]
      : [absent('repeatedShare', false)]),
  ]
  const title = say(
    `Derived from ${source} (${traffic.format}, ${formatNumber(traffic.requests ?? 0)} requests${spanOf(traffic)}).`,
    `取自 ${source}（${traffic.format}，${formatNumber(traffic.requests ?? 0)} 個請求${spanOf(traffic)}）。`,
  )
  const yaml = [`# ${oneLine(title)}`, 'scale:', ...lines.map((line) => `  ${line}`), ''].join('\n')
  return { yaml, missing }
}

const peakLines = (
  traffic: Traffic,
  say: Say,
  absent: (name: string, isRequired: boolean, remark?: string) => string,
): string[] => {
  const peak = planningPeak(traffic)
  const mean = traffic.rate?.meanPerSecond
  if (!peak || peak.requestsPerSecond <= 0)
    return [
      absent(
        'peakRequestsPerSecond',
        true,
        mean === undefined ? '' : say(`; mean ${short(mean)}/s`, `；平均每秒 ${short(mean)}`),
      ),
    ]
  const others = (traffic.rate?.peaks ?? [])
    .filter(({ windowSeconds }) => windowSeconds !== peak.windowSeconds)
    .map(({ windowSeconds, requestsPerSecond }) => `${windowSeconds} s: ${short(requestsPerSecond)}/s`)
  const all = [...others, `${say('mean', '平均')}: ${short(mean ?? 0)}/s`].join(', ')
  return [
    say(`# Busiest ${peak.windowSeconds} s. ${all}.`, `# 最忙的 ${peak.windowSeconds} 秒。${all}。`),
    `peakRequestsPerSecond: ${short(peak.requestsPerSecond)}`,
  ]
}

const lengthRemark = ({ n, bounds }: Spread, say: Say): string => {
  const of = say(`Of ${formatNumber(n)} requests`, `${formatNumber(n)} 個請求`)
  if (!bounds) return say(`${of}.`, `${of}。`)
  const between = (name: 'p50' | 'p95') =>
    `${name} ${short(bounds[name][0])}–${bounds[name][1] === null ? '∞' : short(bounds[name][1])}`
  return say(
    `${of}, read off a histogram: ${between('p50')}, ${between('p95')}.`,
    `${of}，取自直方圖：${between('p50')}、${between('p95')}。`,
  )
}

const spanOf = ({ covers: { from, to } }: Traffic): string => (from && to ? `, ${from} – ${to}` : '')

/** Four significant digits, and all digits of what is a whole number. */
const short = (value: number): number =>
  Number.isInteger(value)
    ? value
    : Number(value.toPrecision(Math.max(4, Math.trunc(value).toString().length)))

/** A file's name must not end a comment. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
