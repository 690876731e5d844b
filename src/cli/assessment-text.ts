// An assessment for people.

import { counted, formatNumber, type Message } from '../core/index.js'
import { type Assessment, aspectNames, type Level } from '../planner/index.js'
import { renderTable } from './table.js'
import type { Terminal } from './terminal.js'

export const assessmentText = (assessment: Assessment, { language, render }: Terminal): string => {
  const say = (en: string, zhTW: string) => (language === 'en' ? en : zhTW)
  const [colon, comma, space] = [say(': ', '：'), say(', ', '、'), say(' ', '')]
  const { conflicts, gaps, priorities, risks } = assessment
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines]
  return [
    say('What the requirements imply', '需求的含意'),
    ...workloadLines(assessment, say),
    ...section(
      say('Priorities', '優先順序'),
      priorities.map(
        ({ aspect, why }, i) =>
          `  ${i + 1}. ${aspectNames[aspect][language]}${colon}${why.map(render).join(space)}`,
      ),
    ),
    ...section(
      say('Contradictions and tensions', '矛盾與取捨'),
      conflicts.map(
        ({ kind, message, between }) =>
          `  ${kind === 'contradiction' ? '✗' : '!'} ${render(message)} [${between.join(comma)}]`,
      ),
    ),
    ...section(
      say('Questions left open', '待回答的問題'),
      gaps.map(
        ({ path, question, assumed }) => `  ? ${path}${colon}${render(question)}${space}${render(assumed)}`,
      ),
    ),
    ...section(say('Risks', '風險'), [riskTable(risks, { say, render })]),
  ].join('\n')
}

type Say = (en: string, zhTW: string) => string

const workloadLines = ({ workload }: Assessment, say: Say): string[] => {
  const { requestsPerSecond, tokensPerSecond, tokensPerMonth, concurrencyAtPeak } = workload
  const n = formatNumber
  return [
    say(
      `  ${counted(requestsPerSecond.peak, 'request')}/s at the peak, ${n(requestsPerSecond.average)} on average, ${n(requestsPerSecond.peakInAYear)} at the peak in a year`,
      `  尖峰每秒 ${n(requestsPerSecond.peak)} 個請求，平均 ${n(requestsPerSecond.average)}，一年後尖峰 ${n(requestsPerSecond.peakInAYear)}`,
    ),
    say(
      `  ${n(tokensPerSecond.inputPeak)} tokens/s in and ${n(tokensPerSecond.outputPeak)} out at the peak; ${n(tokensPerMonth.input / 1e6)} M in and ${n(tokensPerMonth.output / 1e6)} M out a month`,
      `  尖峰每秒輸入 ${n(tokensPerSecond.inputPeak)}、輸出 ${n(tokensPerSecond.outputPeak)} 個詞元；每月輸入 ${n(tokensPerMonth.input / 1e6)} 百萬、輸出 ${n(tokensPerMonth.output / 1e6)} 百萬`,
    ),
    ...(concurrencyAtPeak
      ? [
          say(
            `  at most ${counted(concurrencyAtPeak.value, 'request')} in flight at the peak (Little's law, from ${concurrencyAtPeak.from.join(', ')})`,
            `  尖峰時最多 ${n(concurrencyAtPeak.value)} 個請求同時處理中（利特爾法則，依 ${concurrencyAtPeak.from.join('、')}）`,
          ),
        ]
      : []),
  ]
}

const levels: Readonly<Record<Level, readonly [string, string]>> = {
  low: ['low', '低'],
  medium: ['medium', '中'],
  high: ['high', '高'],
}

const riskTable = (
  risks: Assessment['risks'],
  { say, render }: { say: Say; render: (message: Message) => string },
): string =>
  renderTable(
    [
      { title: say('likely', '可能性') },
      { title: say('impact', '衝擊') },
      { title: say('what', '風險'), maxWidth: 70 },
      { title: say('mitigation', '對策'), maxWidth: 70 },
      { title: say('watched by', '觀測列') },
    ],
    risks.map(({ likelihood, impact, what, mitigation, watchedBy }) => [
      say(...levels[likelihood]),
      say(...levels[impact]),
      render(what),
      render(mitigation),
      watchedBy ?? '-',
    ]),
  )
